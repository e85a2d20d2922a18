"""The customer record: entities, their rules, who may see them; knows nothing of processes."""

import crm_model.audit  # its hook must be there before the first record changes
import crm_model.contact_times  # noqa: F401 - so must this one be before the first activity changes
