"""The HTML interface: screens for people, made of use cases of `processes` and `crm_model`."""

from task_ui.registration import register

__all__ = ["register"]
