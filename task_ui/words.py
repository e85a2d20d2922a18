"""Words for codes: how stages, states, kinds and roles are called on screens."""

from flask import g

from crm_model import stages
from kernel.i18n import N_, translate, translate_of, translate_plural

LABELS: dict[str, dict[str, str]] = {
    "deal_status": {"open": N_("Open"), "won": N_("Won"), "lost": N_("Lost"), "rerouted": N_("Moved")},
    "close_reason": {
        "competitor_won": N_("A competitor won"), "no_budget": N_("No budget"), "no_need": N_("No need"),
        "postponed": N_("Put off by the client"), "price": N_("Price"), "no_decision": N_("No decision"),
        "declined_by_us": N_("Declined by us"), "other": N_("Another reason"),
    },
    "participant_role": {
        "decision_maker": N_("Decision maker"), "owner": N_("Business owner"), "influencer": N_("Influencer"),
        "user": N_("Future user"), "accountant": N_("Accountant"), "lawyer": N_("Lawyer"), "secretary": N_("Secretary"),
    },
    "influence": {"low": N_("Low influence"), "medium": N_("Medium influence"), "high": N_("High influence")},
    "loyalty": {"negative": N_("Against us"), "neutral": N_("Neutral"), "positive": N_("For us")},
    "kind": {
        "call": N_("Call"), "meeting": N_("Meeting"), "presentation": N_("Presentation"), "email": N_("Letter"),
        "task": N_("Task"), "document_work": N_("Work on a document"), "approval": N_("Approval"),
    },
    "activity_status": {
        "planned": N_("Planned"), "in_progress": N_("In progress"), "completed": N_("Completed"),
        "cancelled": N_("Cancelled"), "rescheduled": N_("Rescheduled"),
    },
    "activity_result": {"completed": N_("Completed"), "cancelled": N_("Cancelled"), "rescheduled": N_("Rescheduled")},
    "inbound_kind": {
        "letter": N_("A person's letter"), "auto_reply": N_("Automatic reply"), "bounce": N_("Undelivered"),
        "complaint": N_("Complaint"),
    },
    "inbound_outcome": {
        "new_lead": N_("New lead"), "added": N_("Added to the client"), "set_aside": N_("Left aside"), "failed": N_("Failed"),
    },
    "imap_security": {"tls": N_("TLS (usually port 993)"), "starttls": N_("STARTTLS (usually port 143)"), "plain": N_("None")},
    "call_direction": {"in": N_("Incoming"), "out": N_("Outgoing")},
    "account_type": {
        "customer": N_("Customer"), "prospect": N_("Prospect"), "partner": N_("Partner"),
        "competitor": N_("Competitor"), "supplier": N_("Supplier"),
    },
    "channel": {
        "phone": N_("Phone"), "email": N_("E-mail"), "messenger": N_("Messenger"), "meeting": N_("Meeting"),
        "post": N_("Post"),
    },
    "article_kind": {"presentation": N_("Presentation"), "script": N_("Call script"), "case": N_("Case")},
    "abc_class": {"A": "A", "B": "B", "C": "C", "D": "D"},
    "journey_stage": {
        "acquaintance": N_("Acquaintance"), "study": N_("Study"), "choice": N_("Choice"), "test_drive": N_("Test drive"),
        "purchase": N_("Purchase"), "repeat": N_("Regular customer"), "loyal": N_("Loyal customer"),
        "advocate": N_("Brand advocate"),
    },
    "lead_status": {
        "new": N_("New"), "qualification": N_("Being qualified"), "nurturing": N_("Nurturing"), "mql": "MQL", "sql": "SQL",
        "handed_off": N_("Handed to sales"), "disqualified": N_("Disqualified"),
    },
    "lead_source": {
        "manual": N_("Entered by hand"), "web_form": N_("Web form"), "phone": N_("Phone call"), "email": N_("E-mail"),
        "campaign": N_("Campaign"), "import": N_("File import"), "api": N_("Another system"),
    },
    "lead_request": {
        "meeting": N_("A meeting"), "tender": N_("A tender"), "webinar": N_("A webinar"), "download": N_("Materials"),
        "none": N_("Nothing yet"),
    },
    "disqualify_reason": {
        "incorrect_data": N_("Incorrect data"), "unreachable": N_("Unreachable"), "already_in_work": N_("Already in work"),
        "no_need": N_("No need"), "no_budget": N_("No budget"), "spam": N_("Spam"), "other": N_("Another reason"),
    },
    "letter_status": {
        "queued": N_("Waits to leave"), "sending": N_("Being sent"), "sent": N_("Sent"), "failed": N_("Not sent"),
        "unknown": N_("Sent or not: unknown"), "bounced": N_("Bounced"), "suppressed": N_("Stopped"),
    },
    "letter_reason": {
        "no_address": N_("no e-mail address"), "no_consent": N_("no consent to letters"),
        "opted_out": N_("opted out of letters"), "bounced": N_("the address does not exist"),
        "complained": N_("complained about our letters"), "by_hand": N_("stopped by hand"),
        "called_off": N_("called off"),
    },
    "letter_purpose": {"marketing": N_("Advertising"), "service": N_("Service letter")},
    "suppression_reason": {
        "bounced": N_("The address does not exist"), "complained": N_("Complained about our letters"),
        "by_hand": N_("Put here by hand"), "opted_out": N_("Opted out of letters"),
    },
    "mail_security": {
        "starttls": N_("STARTTLS (usually port 587)"), "tls": N_("TLS (usually port 465)"), "plain": N_("None"),
    },
    "campaign_kind": {
        "mailing": N_("Mailing"), "exhibition": N_("Exhibition"), "webinar": N_("Webinar"),
        "publication": N_("Publication"), "advertising": N_("Advertisement"), "landing": N_("Landing page"),
        "other": N_("Something else"),
    },
    "campaign_status": {
        "planned": N_("Being prepared"), "active": N_("Under way"), "finished": N_("Over"), "cancelled": N_("Called off"),
    },
    "report_step": {"leads": N_("Leads"), "sql": "SQL", "deals": N_("Deals"), "won": N_("Won deals")},
    "segment_subject": {"leads": N_("Leads"), "contacts": N_("Contacts")},
    "segment_operator": {
        "is": N_("is"), "is_not": N_("is not"), "at_least": N_("at least"), "at_most": N_("at most"),
        "contains": N_("contains"), "within": N_("in the last"), "older": N_("not in the last"),
    },
    "yes_no": {"true": N_("yes"), "false": N_("no")},
    "mailing_state": {
        "draft": N_("Being prepared"), "scheduled": N_("Waits for its time"), "running": N_("Being sent"),
        "paused": N_("Paused"), "stopped": N_("Stopped for good"), "done": N_("All letters are written"),
    },
    "audience": {
        "gets": N_("Get the letter"), "has_it": N_("have had it already"), "no_consent": N_("no consent to letters"),
        "opted_out": N_("opted out of letters"), "suppressed": N_("the address gets no letters"),
        "no_address": N_("no e-mail address"),
    },
    "member_state": {
        "invited": N_("Invited"), "registered": N_("Registered"), "attended": N_("Came"), "absent": N_("Did not come"),
        "declined": N_("Declined"),
    },
    "duplicate_reason": {
        "phone": N_("same number"), "email": N_("same address"), "name": N_("like name"), "company": N_("like company"),
        "inn": N_("same INN"),
    },
    "kept_why": {
        "deal_won": N_("a deal that was won, kept as the law on accounting asks"),
        "deal_open": N_("a deal under way, kept while it goes on"),
        "deal_closed": N_("a deal without the person's name, its documents erased"),
        "shared_phone": N_("the number is others' too"), "shared_email": N_("the address is others' too"),
        "shared_name": N_("somebody else has the same name"),
    },
    "erased_table": {
        "accounts": N_("Accounts"), "activities": N_("Activities"), "audit_entries": N_("Changes"),
        "campaign_members": N_("Campaigns"), "changes": N_("Changes"), "consents": N_("Consents"),
        "contacts": N_("Contacts"), "deal_participants": N_("Parts in deals"), "deals": N_("Deals"),
        "decision_evaluation": N_("Decisions"), "document_versions": N_("Documents"), "documents": N_("Documents"),
        "idempotency_key": N_("Answers of the last day"), "import_rows": N_("Rows of imports"),
        "inbox_message": N_("Messages"), "incident": N_("Incidents"), "job": N_("Work in the background"),
        "leads": N_("Leads"), "letters": N_("Letters"), "merge_batches": N_("All merges"), "notes": N_("Notes"),
        "notifications": N_("Notifications"), "process_instance": N_("Data of processes"), "processes": N_("Processes"),
        "task_comment": N_("Comments"), "touches": N_("Touches"), "history_step": N_("History of data"),
        "web_form_entries": N_("Web forms"),
    },
    "consent_purpose": {
        "marketing": N_("Advertising and news"), "processing": N_("Processing of personal data"), "other": N_("Something else"),
    },
    "consent_channel": {
        "email": N_("E-mail"), "phone": N_("Phone"), "sms": N_("SMS"), "messenger": N_("Messenger"), "any": N_("Any channel"),
    },
    "consent_basis": {
        "consent": N_("The person's consent"), "contract": N_("A contract"),
        "legitimate_interest": N_("A legitimate interest"),
    },
    "consent_source": {
        "manual": N_("Entered by hand"), "web_form": N_("Web form"), "phone": N_("Phone call"), "email": N_("E-mail"),
        "campaign": N_("Campaign"), "import": N_("File import"), "api": N_("Another system"), "letter": N_("Link in a letter"),
        "refusal": N_("The person's refusal"), "erasure": N_("Erasure of personal data"),
        "earlier": N_("Known before the ledger"), "merge": N_("Merging of records"),
    },
    "consent_proof": {
        "text": N_("Text shown"), "version": N_("Version of the text"), "page": N_("Page"), "address": N_("Address"),
        "reason": N_("How it was given"), "file": N_("File"), "import_id": N_("Number of the import"), "form": N_("Form"),
        "user_agent": N_("Browser"), "ip": N_("Address"),
    },
    "document_kind": {
        "calculation": N_("Calculation"), "proposal": N_("Proposal"), "contract": N_("Contract"), "other": N_("Other"),
    },
    "approval": {
        "draft": N_("Draft"), "on_approval": N_("Being approved"), "approved": N_("Approved"), "rejected": N_("Rejected"),
    },
    "role": {
        "administrator": N_("Administrator"), "designer": N_("Process designer"), "supervisor": N_("Supervisor"),
        "head": N_("Head of sales"), "manager": N_("Sales manager"), "marketing": N_("Marketing"),
        "call_centre": N_("Call centre"), "integration": N_("Program (integration)"),
    },
    "instance_state": {
        "active": N_("Running"), "suspended": N_("Suspended"), "completed": N_("Finished"),
        "cancelled": N_("Cancelled"), "failed": N_("Failed"),
    },
    "version_event": {
        "uploaded": N_("Stored"), "published": N_("Published"), "retired": N_("Retired"),
        "restored": N_("An old version restored"), "tagged": N_("Tag changed"), "scenario_recorded": N_("Scenario recorded"),
        "scenario_renamed": N_("Scenario renamed"), "scenario_renewed": N_("Scenario renewed"),
        "scenario_removed": N_("Scenario taken away"), "scenarios_shipped": N_("Scenarios of the product renewed"),
        "scenario_guards": N_("Scenario guards publications"),
        "scenario_guards_no_more": N_("Scenario guards publications no more"),
        "decision_published": N_("A decision it uses published"),
    },
    "scenario_fact": {
        "assignees": N_("who is asked"), "owner": N_("the owner of the deal"), "status": N_("whether the deal is open"),
        "no_deal": N_("that there is no deal"), "due": N_("when it is due"), "postponed": N_("what is put off"),
        "stages": N_("all stages on the way"), "causes": N_("why each stage was entered"),
        "activities": N_("planned activities"), "presentation_at": N_("when the presentation is"),
        "deal": N_("fields of the deal"), "participants": N_("participants"), "variables": N_("values of the process"),
        "document": N_("the approval of the document"), "notified": N_("who is told"), "lead": N_("the state of the lead"),
        "lead_reason": N_("why the lead is disqualified"), "lead_owner": N_("the owner of the lead"),
        "lead_values": N_("fields of the lead"), "running_on_lead": N_("what runs for the lead"), "letters": N_("letters"),
        "subject": N_("what the process is about"), "business_key": N_("whose process it is"),
        "running_on_account": N_("what runs for the client"),
    },
    "definition_state": {"draft": N_("Draft"), "published": N_("Published"), "retired": N_("Retired")},
    "version_state": {"draft": N_("Draft"), "published": N_("Published"), "retired": N_("Retired")},
    "decision_state": {"draft": N_("Draft"), "published": N_("Published"), "retired": N_("Retired")},
    "import_kind": {"leads": N_("Leads"), "contacts": N_("Contacts"), "accounts": N_("Accounts")},
    "import_state": {
        "mapping": N_("Columns to be named"), "checking": N_("Being checked"), "ready": N_("Checked"),
        "running": N_("Being imported"), "done": N_("Imported"), "undoing": N_("Being taken back"),
        "undone": N_("Taken back"),
    },
    "import_doing": {
        "checking": N_("Looking at every row…"), "running": N_("Importing…"), "undoing": N_("Taking it back…"),
    },
    "import_row": {
        "new": N_("New"), "duplicate": N_("Already there"), "repeated": N_("Twice in the file"),
        "wrong": N_("With mistakes"), "created": N_("Made"), "updated": N_("Brought up to date"),
        "skipped": N_("Left out"), "removed": N_("Removed"), "restored": N_("As it was"), "kept": N_("Stays"),
    },
    "import_duplicates": {
        "skip": N_("leave alone"), "update": N_("bring up to date"), "create": N_("make once more"),
    },
    "touch_kind": {
        "letter_sent": N_("A letter was sent"), "letter_opened": N_("A letter was opened"),
        "letter_clicked": N_("A link in a letter was followed"), "letter_replied": N_("A letter was answered"),
        "form": N_("A form was filled in"), "download": N_("Something was downloaded"), "call": N_("A talk on the phone"),
        "meeting": N_("A meeting"), "event_registered": N_("Signed up for an event"),
        "event_attended": N_("Came to an event"), "opted_out": N_("Letters were refused"), "reaction": N_("A reaction"),
    },
    "stars_from": {
        "5": N_("five: SQL"), "4": N_("four and more"), "3": N_("three and more"), "2": N_("two and more"),
        "1": N_("one and more"),
    },
    "lead_sort": {
        "-score": N_("most points first"), "score": N_("fewest points first"), "name": N_("by name"),
        "-updated_at": N_("changed last first"),
    },
    "account_sort": {"-stars": N_("most stars first"), "-last_contact_at": N_("last contact first"), "-id": N_("newest first")},
    "account_star": {
        "of_leads": N_("of its ripest lead"), "of_contacts": N_("its people have reacted lately"),
        "of_won": N_("it has bought from us"), "of_stalled": N_("a deal stands still"),
    },
    "score_card_field": {
        "name": N_("Name"), "active": N_("In use"), "sql_from": N_("SQL from"), "high_mql_from": N_("High MQL from"),
        "cold_up_to": N_("Cold up to"),
    },
    "hit_policy": {
        "UNIQUE": N_("Exactly one rule may match."), "FIRST": N_("The first rule that matches decides."),
        "PRIORITY": N_("Of the rules that match, the one with the highest priority decides."),
        "ANY": N_("Several rules may match if they all say the same."),
        "COLLECT": N_("The results of all rules that match are collected."),
        "RULE ORDER": N_("All rules that match count, in the order of the table."),
        "OUTPUT ORDER": N_("All rules that match count, in the order of their priority."),
    },
    "task_state": {"open": N_("Open"), "completed": N_("Completed"), "cancelled": N_("Cancelled")},
    "outcome": {"completed": N_("Completed"), "cancelled": N_("Cancelled"), "failed": N_("Failed")},
    "wait": {
        "task": N_("A person's task"), "choice": N_("A person's choice"), "timer": N_("A time"), "message": N_("A message"),
        "signal": N_("A signal"), "condition": N_("A condition"), "call": N_("A called process"),
        "job": N_("Work in the background"), "manual_release": N_("Release by hand"), "join": N_("Another branch"),
        "incident": N_("An incident"), "activity": N_("An activity"),
        "letter": N_("A letter"), "operation": N_("Automatic step"),
    },
    "severity": {"error": N_("Error"), "warning": N_("Warning"), "info": N_("Remark"), "repair": N_("Settled for you")},
    "element": {
        "task": N_("Task"), "userTask": N_("Task"), "manualTask": N_("Task"), "serviceTask": N_("Automatic step"),
        "scriptTask": N_("Calculation"), "sendTask": N_("Sending"), "receiveTask": N_("Receiving"),
        "businessRuleTask": N_("Decision by rules"), "callActivity": N_("Called process"), "subProcess": N_("Sub-process"),
        "transaction": N_("Transaction"), "adHocSubProcess": N_("Sub-process"), "exclusiveGateway": N_("Fork"),
        "inclusiveGateway": N_("Several ways"), "parallelGateway": N_("All at once"),
        "eventBasedGateway": N_("Whatever comes first"), "complexGateway": N_("Fork"), "startEvent": N_("Start"),
        "endEvent": N_("End"), "intermediateCatchEvent": N_("Waiting"), "intermediateThrowEvent": N_("Event"),
        "boundaryEvent": N_("Event"), "sequenceFlow": N_("Arrow"),
    },
    "job": {
        "timer": N_("Timer"), "operation": N_("Automatic step"), "deliver": N_("Message on its way"),
        "start": N_("Start of a process"), "external": N_("Work for a program outside"),
        "background": N_("Long work"),
    },
    "background": {
        "duplicates.read": N_("Reading records to find duplicates"),
        "duplicates.compare": N_("Comparing records to find duplicates"),
        "imports.check": N_("Checking the rows of an import"), "imports.run": N_("Importing rows"),
        "imports.undo": N_("Taking an import back"), "imports.qualify": N_("Starting the qualification of imported leads"),
        "letters.weigh_clicks": N_("Points for links followed in letters"), "mailings.send": N_("Sending a mailing"),
        "migrations.run": N_("Moving processes to a new version"),
        "personal_data.sweep": N_("Erasing personal data from history"),
        "personal_data.states": N_("Erasing personal data from processes"),
        "scoring.hand_back": N_("Ripe leads back to the call"), "scoring.rescore": N_("Counting the points of leads anew"),
        "scoring.rate": N_("Stars of accounts"),
    },
    "job_state": {"ready": N_("Waiting for its time"), "failed": N_("Given up"), "suspended": N_("Suspended")},
    "cause": {
        "made": N_("Deal made"), "process": N_("Step of the process"), "change": N_("Stage changed"),
        "manual": N_("Moved by hand"), "reopen": N_("Reopened"), "migration": N_("Moved to a new version"),
    },
    "subject": {
        "deal": N_("Deal"), "lead": N_("Lead"), "account": N_("Account"), "contact": N_("Contact"),
        "document": N_("Document"), "activity": N_("Activity"), "article": N_("Article"), "product": N_("Product"),
        "note": N_("Note"), "task": N_("Task"), "campaign": N_("Campaign"), "campaign_member": N_("Member"),
    },
    "operator_action": {
        "suspend": N_("Suspended"), "resume": N_("Resumed"), "cancel": N_("Cancelled"), "release": N_("Released by hand"),
        "modify": N_("Moved by hand"), "rewind": N_("Put back"), "migrate": N_("Moved to another version"),
        "variables": N_("Data changed"), "retry": N_("Tried again"),
        "claim": N_("Taken"), "unclaim": N_("Given back"), "assign": N_("Assigned"), "delegate": N_("Delegated"),
        "postpone": N_("Postponed"), "resolve": N_("Resolved"), "cancelled": N_("Cancelled"),
        "retry_job": N_("Tried again"), "resolve_incident": N_("Incident set aside"),
    },
    "field": {
        "title": N_("Title"), "name": N_("Name"), "amount": N_("Amount"), "owner_id": N_("Responsible"),
        "account_id": N_("Account"), "contact_id": N_("Contact"), "stage": N_("Stage"), "status": N_("State"),
        "probability": N_("Probability"), "expected_close_date": N_("Expected close"), "need": N_("Need"),
        "tactics": N_("Tactics"), "business_line_id": N_("Business line"), "phones": N_("Phones"),
        "emails": N_("E-mail addresses"), "job_title": N_("Job title"), "role": N_("Role"), "type": N_("Type"),
        "close_reason": N_("Why it is lost"), "closed_at": N_("Closed"), "decision_date": N_("Client decides on"),
        "stage_entered_at": N_("In the stage since"), "description": N_("Description"), "loyalty": N_("Loyalty"),
        "influence": N_("Influence"), "motives": N_("Motives"), "price": N_("Price"), "quantity": N_("Quantity"),
        "kind": N_("Kind"), "state": N_("State"), "budget": N_("Budget"), "cost": N_("Cost so far"),
        "starts_on": N_("First day"), "ends_on": N_("Last day"), "place": N_("Where"), "note": N_("Note"),
        "product_id": N_("Product"), "lead_id": N_("Lead"), "campaign_id": N_("Campaign"),
    },
    "audit_action": {"create": N_("Made"), "update": N_("Changed"), "delete": N_("Deleted")},
}  # fmt: skip

FINAL_STAGES = ("won", "lost", "rerouted")


def label(group: str, code: object) -> str:
    """The word for a code; the code itself where nobody gave it one."""
    if code is None or code == "":
        return ""
    if group == "stage":
        return stages.title_of(str(code), g.language)
    return translate_of(group, LABELS.get(group, {}).get(str(code), str(code)), g.language)


def days(count: int) -> str:
    return translate_plural("%(count)d day", "%(count)d days", count, g.language)


def say(text: str) -> str:
    """A marked text in the reader's language."""
    return translate(text, g.language)


def choices(group: str, *, empty: bool = False) -> list[tuple[str, str]]:
    if group in ("stage", "open_stage"):
        codes = [code for code in stages.DEAL_CODES if group == "stage" or stages.is_open(code)]
        listed = [(code, label("stage", code)) for code in codes]
    else:
        listed = [(code, label(group, code)) for code in LABELS.get(group, {})]
    return [("", "—"), *listed] if empty else listed
