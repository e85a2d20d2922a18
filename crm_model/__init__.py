"""The customer record: entities, their rules, who may see them; knows nothing of processes."""

import crm_model.audit  # noqa: F401 - its hook must be there before the first record changes
