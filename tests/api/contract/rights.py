"""What each route answers to each role: the table that `test_rights` holds the whole interface to."""

COLUMNS = (
    "visitor",
    "designer",
    "marketing",
    "callcentre",
    "stranger",
    "manager2",
    "manager",
    "head",
    "supervisor",
    "admin",
)
"""`manager` owns the records; `manager2` is a colleague whom the same `head` leads; a `visitor` is not signed in."""

QUERIES = {
    "GET /search": "?q=Northern",
    "GET /audit": "?entity=account&id=1",
    "GET /merges/comparison": "?type=contact&survivor_id=1&loser_id=2",
}
FILES = {
    "POST /articles/{article_id}/file": (b"text", "a.txt"),
    "POST /documents": (b"text", "a.txt"),
    "POST /documents/{document_id}/versions": (b"text", "a.txt"),
    "POST /imports": (b"name\nAnna\n", "a.csv"),
    "POST /process-definitions": (b"<nothing/>", "a.bpmn"),
}
TAKEN = {"purpose": "marketing", "channel": "phone", "reason": "He said so"}
CONSENTS = (("", {**TAKEN, "basis": "consent"}), ("/withdraw", TAKEN))
BODIES = {
    "POST /auth/token": {"username": "nobody", "password": "wrong"},
    "POST /tokens": {"name": "script"},
    "PATCH /me": {"phone": None},
    "POST /users": {"username": "somebody", "name": "Somebody"},
    "POST /teams": {"name": "Others"},
    "POST /business-lines": {"name": "Paper"},
    "POST /products": {"name": "Support"},
    "POST /accounts": {"name": "Ladoga"},
    "POST /contacts": {"name": "Pavel"},
    "POST /leads": {"name": "Pavel"},
    "POST /letter-templates": {"name": "Offer", "subject": "Offer", "text": "Offer"},
    "POST /suppressions": {"address": "no@example.com"},
    "PUT /mail-server": {"host": "smtp.example.com", "port": 587, "from_address": "sales@example.com"},
    "PUT /mailbox": {"host": "imap.example.com", "port": 993, "username": "sales", "password": "s3cret"},
    "POST /telephony/test": {"event": "incoming", "call_id": "trial", "number": "+7 916 111-22-33"},
    "POST /campaigns": {"name": "Autumn letters", "kind": "mailing"},
    "POST /campaigns/{campaign_id}/members": lambda ids: {"contact_id": ids["contact"]},
    "POST /campaigns/{campaign_id}/invite": lambda ids: {"segment_id": ids["segment"]},
    "POST /segments": {"name": "Ripe", "conditions": [{"field": "status", "operator": "is", "value": ["mql"]}]},
    "POST /segments/preview": {"conditions": []},
    "POST /segments/{segment_id}/members": lambda ids: {"ids": [ids["lead"]]},
    "POST /segments/{segment_id}/freeze": {"name": "Ripe today"},
    "POST /campaigns/{campaign_id}/register": {"line": "Pavel Orlov, Ladoga"},
    "POST /leads/{lead_id}/disqualify": {"reason": "spam"},
    "POST /leads/{lead_id}/erasure": {"confirm": "Somebody", "reason": "Asked for it"},
    "POST /contacts/{contact_id}/erasure": {"confirm": "Anna Berg", "reason": "Asked for it"},
    "POST /merges": lambda ids: {"type": "contact", "survivor_id": ids["contact"], "loser_id": ids["contact2"]},
    **{f"POST /{kind}s/{{{kind}_id}}/consents{verb}": body for kind in ("lead", "contact") for verb, body in CONSENTS},
    "POST /web-forms": {"key": "landing", "name": "Landing page"},
    "PATCH /web-forms/{key}": {"name": "The office's form"},
    "POST /web-forms/{key}": {"name": "Pavel", "phone": "+7 916 111-22-33"},
    "POST /deals": {"title": "Ten licences"},
    "POST /deals/{deal_id}/participants": lambda ids: {"contact_id": ids["contact2"], "role": "owner"},
    "POST /deals/{deal_id}/competitors": {"name": "Rival 2"},
    "POST /deals/{deal_id}/line-items": {"name": "Support", "quantity": 1, "price": "5"},
    "POST /deals/{deal_id}/stage": {"stage": "proposal"},
    "POST /deals/{deal_id}/reopen": {"stage": "needs", "reason": "They called"},
    "POST /activities": lambda ids: {"kind": "call", "subject": "Call", "deal_id": ids["deal"]},
    "POST /activities/{activity_id}/complete": {"result": "completed"},
    "POST /notes": lambda ids: {"text": "Note", "deal_id": ids["deal"]},
    "POST /articles": {"title": "Case", "kind": "case"},
    "POST /process-instances": lambda ids: {
        "definition_key": "corporate_sale",
        "subject": {"type": "account", "id": ids["account"]},
    },
    "POST /process-instances/{instance_id}/cancel": {"reason": "By mistake"},
    "POST /process-instances/{instance_id}/modify": {"reason": "By mistake", "preview": True},
    "POST /process-instances/{instance_id}/rewind": {"reason": "By mistake", "element_id": "nothing"},
    "POST /process-instances/{instance_id}/release": {"element_id": "nothing"},
    "PATCH /process-instances/{instance_id}/variables": {"seen": True},
    "POST /working-calendars": {"name": "Shifts"},
    "POST /substitutions": lambda ids: {
        "substitute_id": ids["user"],
        "begins": "2099-01-01T00:00:00Z",
        "ends": "2099-01-08T00:00:00Z",
    },
    "POST /tasks/{task_id}/assign": lambda ids: {"user_id": ids["user"]},
    "POST /tasks/{task_id}/delegate": lambda ids: {"user_id": ids["user"]},
    "POST /tasks/{task_id}/postpone": {"until": "2099-01-01T00:00:00Z"},
    "POST /tasks/{task_id}/comments": {"text": "Soon"},
    "POST /tasks/{task_id}/complete": {"result": "completed"},
    "POST /decisions/{decision_id}/evaluate": {"variables": {"amount": 1}},
    "PATCH /process-definitions/{definition_id}": {"version_tag": "spring"},
    "POST /process-definitions/{definition_id}/scenarios": {"name": "To be asked", "about": "deal"},
    "PATCH /process-definitions/{definition_id}/scenarios/{scenario_id}": {"name": "Called otherwise"},
    "POST /external-tasks/fetch-and-lock": {"worker_id": "erp", "topics": [{"name": "nothing"}]},
    "POST /external-tasks/{job_id}/bpmn-error": {"worker_id": "erp", "code": "refused"},
    "POST /external-tasks/{job_id}/complete": {"worker_id": "erp"},
    "POST /external-tasks/{job_id}/extend-lock": {"worker_id": "erp", "lock_seconds": 60},
    "POST /external-tasks/{job_id}/failure": {"worker_id": "erp", "reason": "Away"},
    "POST /external-tasks/{job_id}/unlock": {"worker_id": "erp"},
    "POST /migrations": lambda ids: {"from_definition_id": ids["definition"], "to_definition_id": ids["definition"]},
    "POST /messages": {"name": "nobody.waits"},
    "POST /score-cards": lambda ids: {"name": "Paper", "product_id": ids["product2"]},
    "POST /score-cards/{score_card_id}/rules": {"kind": "silence", "condition": {"days": 30}, "points": -5},
    "POST /score-cards/{score_card_id}/rules/preview": {"kind": "silence", "condition": {"days": 30}, "points": -5},
    "POST /signals": {"name": "nobody.listens"},
}
TABLE = """
GET /accounts                                                  401 200 200 200 200 200 200 200 200 200
POST /accounts                                                 401 403 201 201 201 201 201 201 201 201
DELETE /accounts/{record_id}                                   401 403 404 404 404 404 409 409 409 409
GET /accounts/{account_id}/timeline                            401 404 404 404 404 404 200 200 200 200
GET /contacts/{contact_id}/timeline                            401 404 404 404 404 404 200 200 200 200
GET /deals/{deal_id}/timeline                                  401 404 404 404 404 404 200 200 200 200
GET /leads/{lead_id}/duplicates                                401 404 200 200 404 404 200 200 200 200
POST /leads/{lead_id}/disqualify                               401 403 200 200 404 404 200 200 200 200
POST /leads/{lead_id}/requalify                                401 403 200 200 404 404 200 200 200 200
GET /leads/{lead_id}/timeline                                  401 404 200 200 404 404 200 200 200 200
GET /leads/{lead_id}/consents                                  401 404 200 200 404 404 200 200 200 200
POST /leads/{lead_id}/consents                                 401 403 201 201 404 404 201 201 201 201
POST /leads/{lead_id}/consents/withdraw                        401 403 204 204 404 404 204 204 204 204
GET /contacts/{contact_id}/consents                            401 404 404 404 404 404 200 200 200 200
POST /contacts/{contact_id}/consents                           401 403 404 404 404 404 201 201 201 201
POST /contacts/{contact_id}/consents/withdraw                  401 403 404 404 404 404 204 204 204 204
GET /mail-server                                               401 403 403 403 403 403 403 403 403 404
PUT /mail-server                                               401 403 403 403 403 403 403 403 403 200
POST /mail-server/test                                         401 403 403 403 403 403 403 403 403 404
GET /mailbox                                                   401 403 403 403 403 403 403 403 403 404
PUT /mailbox                                                   401 403 403 403 403 403 403 403 403 200
POST /mailbox/test                                             401 403 403 403 403 403 403 403 403 404
GET /telephony                                                 401 403 403 403 403 403 403 403 403 200
PATCH /telephony                                               401 403 403 403 403 403 403 403 403 200
POST /telephony/secret                                         401 403 403 403 403 403 403 403 403 201
POST /telephony/test                                           401 403 403 403 403 403 403 403 403 200
POST /telephony/calls                                          401 401 401 401 401 401 401 401 401 401
GET /web-forms                                                 401 403 200 403 403 403 403 403 403 200
POST /web-forms                                                401 403 201 403 403 403 403 403 403 201
GET /web-forms/{key}                                           200 200 200 200 200 200 200 200 200 200
PATCH /web-forms/{key}                                         401 403 200 403 403 403 403 403 403 200
POST /web-forms/{key}                                          202 202 202 202 202 202 202 202 202 202
GET /letters                                                   401 403 200 200 200 200 200 200 200 200
GET /letters/{record_id}                                       401 403 200 404 404 404 200 200 200 200
POST /letters/{letter_id}/resend                               401 403 409 404 404 404 409 409 409 409
GET /letter-templates                                          401 403 200 200 200 200 200 200 200 200
POST /letter-templates                                         401 403 201 403 403 403 403 403 403 201
DELETE /letter-templates/{record_id}                           401 403 204 403 403 403 403 403 403 204
GET /letter-templates/{record_id}                              401 403 200 200 200 200 200 200 200 200
PATCH /letter-templates/{record_id}                            401 403 200 403 403 403 403 403 403 200
GET /suppressions                                              401 403 200 403 403 403 403 403 403 200
POST /suppressions                                             401 403 201 403 403 403 403 403 403 201
DELETE /suppressions/{record_id}                               401 403 204 403 403 403 403 403 403 204
GET /suppressions/{record_id}                                  401 403 200 403 403 403 403 403 403 200
GET /leads/{lead_id}/personal-data                             401 403 403 403 403 403 403 403 200 200
GET /leads/{lead_id}/erasure                                   401 403 403 403 403 403 403 403 200 200
POST /leads/{lead_id}/erasure                                  401 403 403 403 403 403 403 403 202 202
GET /contacts/{contact_id}/personal-data                       401 403 403 403 403 403 403 403 200 200
GET /contacts/{contact_id}/erasure                             401 403 403 403 403 403 403 403 200 200
POST /contacts/{contact_id}/erasure                            401 403 403 403 403 403 403 403 202 202
GET /erasures                                                  401 403 403 403 403 403 403 403 200 200
GET /erasures/{erasure_id}                                     401 403 403 403 403 403 403 403 200 200
GET /duplicates                                                401 200 200 200 200 200 200 200 200 200
GET /duplicates/search                                         401 200 200 200 200 200 200 200 200 200
POST /duplicates/search                                        401 403 202 403 403 403 403 202 202 202
POST /duplicates/{pair_id}/different                           401 403 404 404 404 404 200 200 200 200
GET /merges                                                    401 200 200 200 200 200 200 200 200 200
GET /merges/comparison                                         401 404 404 404 404 404 200 200 200 200
POST /merges                                                   401 403 404 404 404 404 201 201 201 201
GET /merges/{merge_id}                                         401 404 404 404 404 404 200 200 200 200
POST /merges/{merge_id}/undo                                   401 403 404 404 404 404 200 200 200 200
GET /articles/{article_id}/file                                401 200 200 200 200 200 200 200 200 200
POST /articles/{article_id}/file                               401 403 200 403 403 403 403 200 200 200
DELETE /articles/{article_id}/file                             401 403 204 403 403 403 403 204 204 204
GET /metrics                                                   200 403 403 403 403 403 403 403 200 200
GET /accounts/{record_id}                                      401 404 404 404 404 404 200 200 200 200
PATCH /accounts/{record_id}                                    401 403 404 404 404 404 200 200 200 200
GET /activities                                                401 200 200 200 200 200 200 200 200 200
POST /activities                                               401 403 422 422 422 422 201 201 201 201
POST /activities/{activity_id}/complete                        401 403 404 404 404 404 200 200 200 200
DELETE /activities/{record_id}                                 401 403 404 404 404 404 204 204 204 204
GET /activities/{record_id}                                    401 404 404 404 404 404 200 200 200 200
PATCH /activities/{record_id}                                  401 403 404 404 404 404 200 200 200 200
GET /articles                                                  401 200 200 200 200 200 200 200 200 200
POST /articles                                                 401 403 201 403 403 403 403 201 201 201
DELETE /articles/{record_id}                                   401 403 204 403 403 403 403 204 204 204
GET /articles/{record_id}                                      401 200 200 200 200 200 200 200 200 200
PATCH /articles/{record_id}                                    401 403 200 403 403 403 403 200 200 200
GET /audit                                                     401 404 404 404 404 404 200 200 200 200
POST /auth/token                                               401 401 401 401 401 401 401 401 401 401
GET /business-lines                                            401 200 200 200 200 200 200 200 200 200
POST /business-lines                                           401 403 403 403 403 403 403 403 403 201
DELETE /business-lines/{record_id}                             401 403 403 403 403 403 403 403 403 204
GET /business-lines/{record_id}                                401 200 200 200 200 200 200 200 200 200
PATCH /business-lines/{record_id}                              401 403 403 403 403 403 403 403 403 200
GET /campaigns                                                 401 403 200 200 200 200 200 200 200 200
POST /campaigns                                                401 403 201 403 403 403 403 403 403 201
DELETE /campaigns/{record_id}                                  401 403 409 403 403 403 403 403 403 409
GET /campaigns/{record_id}                                     401 403 200 200 200 200 200 200 200 200
PATCH /campaigns/{record_id}                                   401 403 200 403 403 403 403 403 403 200
GET /campaigns/{campaign_id}/members                           401 403 200 200 200 200 200 200 200 200
POST /campaigns/{campaign_id}/members                          401 403 422 403 403 403 403 403 403 201
DELETE /campaigns/{campaign_id}/members/{record_id}            401 403 204 403 403 403 403 403 403 204
GET /campaigns/{campaign_id}/members/{record_id}               401 403 200 200 404 404 200 200 200 200
PATCH /campaigns/{campaign_id}/members/{record_id}             401 403 200 403 403 403 403 403 403 200
POST /campaigns/{campaign_id}/register                         401 403 201 403 403 403 403 403 403 201
GET /campaigns/{campaign_id}/results                           401 403 200 200 200 200 200 200 200 200
POST /campaigns/{campaign_id}/invite                           401 403 200 403 403 403 403 403 403 200
GET /campaigns/{campaign_id}/mailing                           401 403 409 409 409 409 409 409 409 409
PATCH /campaigns/{campaign_id}/mailing                         401 403 409 403 403 403 403 403 403 409
GET /campaigns/{campaign_id}/mailing/audience                  401 403 409 409 409 409 409 409 409 409
POST /campaigns/{campaign_id}/mailing/test                     401 403 409 403 403 403 403 403 403 409
POST /campaigns/{campaign_id}/mailing/start                    401 403 409 403 403 403 403 403 403 409
POST /campaigns/{campaign_id}/mailing/pause                    401 403 409 403 403 403 403 403 403 409
POST /campaigns/{campaign_id}/mailing/stop                     401 403 409 403 403 403 403 403 403 409
GET /reports                                                   401 403 200 200 200 200 200 200 200 200
GET /reports/{name}                                            401 403 404 404 404 404 404 404 404 404
GET /reports/{name}/leads                                      401 403 404 404 404 404 404 404 404 404
GET /segments                                                  401 403 200 200 200 200 200 200 200 200
POST /segments                                                 401 403 201 403 403 403 403 403 403 201
DELETE /segments/{record_id}                                   401 403 204 403 403 403 403 403 403 204
GET /segments/{record_id}                                      401 403 200 200 200 200 200 200 200 200
PATCH /segments/{record_id}                                    401 403 200 403 403 403 403 403 403 200
POST /segments/preview                                         401 403 200 200 200 200 200 200 200 200
GET /segments/{segment_id}/members                             401 403 200 200 200 200 200 200 200 200
POST /segments/{segment_id}/members                            401 403 200 403 403 403 403 403 403 200
DELETE /segments/{segment_id}/members/{person_id}              401 403 404 403 403 403 403 403 403 404
POST /segments/{segment_id}/freeze                             401 403 201 403 403 403 403 403 403 201
GET /contacts                                                  401 200 200 200 200 200 200 200 200 200
POST /contacts                                                 401 403 201 201 201 201 201 201 201 201
DELETE /contacts/{record_id}                                   401 403 404 404 404 404 409 409 409 409
GET /contacts/{record_id}                                      401 404 404 404 404 404 200 200 200 200
PATCH /contacts/{record_id}                                    401 403 404 404 404 404 200 200 200 200
GET /decisions                                                 401 200 200 200 200 200 200 200 200 200
GET /decisions/{decision_id}                                   401 200 200 200 200 200 200 200 200 200
POST /decisions/{decision_id}/evaluate                         401 200 200 200 200 200 200 200 200 200
POST /decisions/{decision_id}/publish                          401 200 403 403 403 403 403 403 403 200
GET /decisions/{decision_id}/xml                               401 200 200 200 200 200 200 200 200 200
GET /deals                                                     401 200 200 200 200 200 200 200 200 200
POST /deals                                                    401 403 403 403 201 201 201 201 201 201
GET /deals/{deal_id}/competitors                               401 404 404 404 404 404 200 200 200 200
POST /deals/{deal_id}/competitors                              401 403 403 403 404 404 201 201 201 201
DELETE /deals/{deal_id}/competitors/{record_id}                401 403 403 403 404 404 204 204 204 204
GET /deals/{deal_id}/competitors/{record_id}                   401 404 404 404 404 404 200 200 200 200
PATCH /deals/{deal_id}/competitors/{record_id}                 401 403 403 403 404 404 200 200 200 200
GET /deals/{deal_id}/line-items                                401 404 404 404 404 404 200 200 200 200
POST /deals/{deal_id}/line-items                               401 403 403 403 404 404 201 201 201 201
DELETE /deals/{deal_id}/line-items/{record_id}                 401 403 403 403 404 404 204 204 204 204
GET /deals/{deal_id}/line-items/{record_id}                    401 404 404 404 404 404 200 200 200 200
PATCH /deals/{deal_id}/line-items/{record_id}                  401 403 403 403 404 404 200 200 200 200
GET /deals/{deal_id}/participants                              401 404 404 404 404 404 200 200 200 200
POST /deals/{deal_id}/participants                             401 403 403 403 404 404 201 201 201 201
DELETE /deals/{deal_id}/participants/{record_id}               401 403 403 403 404 404 204 204 204 204
GET /deals/{deal_id}/participants/{record_id}                  401 404 404 404 404 404 200 200 200 200
PATCH /deals/{deal_id}/participants/{record_id}                401 403 403 403 404 404 200 200 200 200
POST /deals/{deal_id}/reopen                                   401 403 403 403 403 403 403 403 409 409
POST /deals/{deal_id}/stage                                    401 403 403 403 404 404 200 200 200 200
GET /deals/{deal_id}/stage-history                             401 404 404 404 404 404 200 200 200 200
DELETE /deals/{record_id}                                      401 403 403 403 404 404 409 409 409 409
GET /deals/{record_id}                                         401 404 404 404 404 404 200 200 200 200
PATCH /deals/{record_id}                                       401 403 403 403 404 404 200 200 200 200
GET /documents                                                 401 200 200 200 200 200 200 200 200 200
POST /documents                                                401 403 201 201 201 201 201 201 201 201
GET /documents/{document_id}/content                           401 404 404 404 404 404 200 200 200 200
GET /documents/{document_id}/versions                          401 404 404 404 404 404 200 200 200 200
POST /documents/{document_id}/versions                         401 403 404 404 404 404 201 201 201 201
DELETE /documents/{record_id}                                  401 403 404 404 404 404 204 204 204 204
GET /documents/{record_id}                                     401 404 404 404 404 404 200 200 200 200
PATCH /documents/{record_id}                                   401 403 404 404 404 404 200 200 200 200
GET /external-tasks                                            401 403 403 403 403 403 403 403 200 200
POST /external-tasks/fetch-and-lock                            401 403 403 403 403 403 403 403 403 200
POST /external-tasks/{job_id}/bpmn-error                       401 403 403 403 403 403 403 403 403 404
POST /external-tasks/{job_id}/complete                         401 403 403 403 403 403 403 403 403 404
POST /external-tasks/{job_id}/extend-lock                      401 403 403 403 403 403 403 403 403 404
POST /external-tasks/{job_id}/failure                          401 403 403 403 403 403 403 403 403 404
POST /external-tasks/{job_id}/unlock                           401 403 403 403 403 403 403 403 403 404
GET /health                                                    200 200 200 200 200 200 200 200 200 200
GET /incidents                                                 401 403 403 403 403 403 403 403 200 200
POST /incidents/{incident_id}/resolve                          401 403 403 403 403 403 403 403 404 404
POST /incidents/{incident_id}/retry                            401 403 403 403 403 403 403 403 404 404
GET /jobs                                                      401 403 403 403 403 403 403 403 200 200
POST /jobs/{job_id}/retry                                      401 403 403 403 403 403 403 403 404 404
GET /leads                                                     401 200 200 200 200 200 200 200 200 200
POST /leads                                                    401 403 201 201 201 201 201 201 201 201
DELETE /leads/{record_id}                                      401 403 204 204 404 404 204 204 204 204
GET /leads/{record_id}                                         401 404 200 200 404 404 200 200 200 200
PATCH /leads/{record_id}                                       401 403 200 200 404 404 200 200 200 200
POST /migrations                                               401 403 403 403 403 403 403 403 422 422
GET /migrations/{migration_id}                                 401 404 404 404 404 404 404 404 404 404
GET /me                                                        401 200 200 200 200 200 200 200 200 200
PATCH /me                                                      401 200 200 200 200 200 200 200 200 200
POST /messages                                                 401 404 404 404 404 404 404 404 404 404
GET /notes                                                     401 200 200 200 200 200 200 200 200 200
POST /notes                                                    401 403 422 422 422 422 201 201 201 201
DELETE /notes/{record_id}                                      401 403 404 404 404 404 204 403 204 204
GET /notes/{record_id}                                         401 404 404 404 404 404 200 200 200 200
PATCH /notes/{record_id}                                       401 403 404 404 404 404 200 200 200 200
GET /notifications                                             401 200 200 200 200 200 200 200 200 200
POST /notifications/read                                       401 200 200 200 200 200 200 200 200 200
GET /openapi.json                                              200 200 200 200 200 200 200 200 200 200
GET /operations                                                401 200 200 200 200 200 200 200 200 200
GET /process-definitions                                       401 200 200 200 200 200 200 200 200 200
POST /process-definitions                                      401 422 403 403 403 403 403 403 403 422
GET /process-definitions/{definition_id}                       401 200 200 200 200 200 200 200 200 200
PATCH /process-definitions/{definition_id}                     401 200 403 403 403 403 403 403 403 200
POST /process-definitions/{definition_id}/restore              401 201 403 403 403 403 403 403 403 201
GET /process-definitions/{definition_id}/compare/{other_id}    401 200 200 200 200 200 200 200 200 200
GET /process-definitions/{definition_id}/history               401 200 200 200 200 200 200 200 200 200
GET /process-definitions/{definition_id}/scenarios             401 200 200 200 200 200 200 200 200 200
POST /process-definitions/{definition_id}/scenarios            401 201 403 403 403 403 403 403 201 201
POST /process-definitions/{definition_id}/scenarios/replay     401 200 403 403 403 403 403 403 200 200
POST /process-definitions/{definition_id}/scenarios/renew      401 200 403 403 403 403 403 403 200 200
GET /process-definitions/{definition_id}/scenarios/{scenario_id} 401 200 200 200 200 200 200 200 200 200
PATCH /process-definitions/{definition_id}/scenarios/{scenario_id} 401 200 403 403 403 403 403 403 200 200
DELETE /process-definitions/{definition_id}/scenarios/{scenario_id} 401 204 403 403 403 403 403 403 204 204
POST /process-definitions/{definition_id}/scenarios/{scenario_id}/replay 401 200 403 403 403 403 403 403 200 200
POST /process-definitions/{definition_id}/scenarios/{scenario_id}/renew 401 200 403 403 403 403 403 403 200 200
POST /process-definitions/{definition_id}/publish              401 200 403 403 403 403 403 403 403 200
POST /process-definitions/{definition_id}/rehearse             401 200 403 403 403 403 403 403 200 200
POST /process-definitions/{definition_id}/retire               401 200 403 403 403 403 403 403 403 200
GET /process-definitions/{definition_id}/xml                   401 200 200 200 200 200 200 200 200 200
GET /process-instances                                         401 200 200 200 200 200 200 200 200 200
POST /process-instances                                        401 422 422 422 422 422 201 201 201 201
GET /process-instances/{instance_id}                           401 404 404 404 404 404 200 200 200 200
GET /process-instances/{instance_id}/actions                   401 404 404 404 404 404 200 200 200 200
POST /process-instances/{instance_id}/cancel                   401 403 403 403 403 403 403 403 200 200
GET /process-instances/{instance_id}/decisions                 401 404 404 404 404 404 200 200 200 200
GET /process-instances/{instance_id}/history                   401 404 404 404 404 404 200 200 200 200
POST /process-instances/{instance_id}/modify                   401 403 403 403 403 403 403 403 200 200
GET /working-calendars                                         401 200 200 200 200 200 200 200 200 200
POST /working-calendars                                        401 403 403 403 403 403 403 403 403 201
DELETE /working-calendars/{record_id}                          401 403 403 403 403 403 403 403 403 204
GET /working-calendars/{record_id}                             401 200 200 200 200 200 200 200 200 200
PATCH /working-calendars/{record_id}                           401 403 403 403 403 403 403 403 403 200
GET /substitutions                                             401 200 200 200 200 200 200 200 200 200
POST /substitutions                                            401 201 201 201 201 422 201 201 201 201
DELETE /substitutions/{substitution_id}                        401 404 404 404 404 404 204 404 404 204
POST /process-instances/{instance_id}/rewind                   401 403 403 403 403 403 403 403 422 422
POST /process-instances/{instance_id}/release                  401 403 403 403 403 403 403 403 404 404
POST /process-instances/{instance_id}/resume                   401 403 403 403 403 403 403 403 200 200
POST /process-instances/{instance_id}/suspend                  401 403 403 403 403 403 403 403 200 200
GET /process-instances/{instance_id}/variables                 401 404 404 404 404 404 200 200 200 200
PATCH /process-instances/{instance_id}/variables               401 403 403 403 403 403 403 403 200 200
GET /process-instances/{instance_id}/waits                     401 404 404 404 404 404 200 200 200 200
GET /imports                                                   401 403 200 403 403 403 403 200 200 200
POST /imports                                                  401 403 422 403 403 403 403 422 422 422
GET /imports/{import_id}                                       401 403 200 403 403 403 403 404 200 200
DELETE /imports/{import_id}                                    401 403 204 403 403 403 403 404 204 204
GET /imports/{import_id}/rows                                  401 403 200 403 403 403 403 404 200 200
POST /imports/{import_id}/check                                401 403 200 403 403 403 403 404 200 200
POST /imports/{import_id}/run                                  401 403 409 403 403 403 403 404 409 409
POST /imports/{import_id}/undo                                 401 403 409 403 403 403 403 404 409 409
GET /leads/{lead_id}/score                                     401 404 200 200 404 404 200 200 200 200
GET /score-cards                                               401 403 200 200 200 200 200 200 200 200
POST /score-cards                                              401 403 201 403 403 403 403 403 403 201
DELETE /score-cards/{record_id}                                401 403 204 403 403 403 403 403 403 204
GET /score-cards/{record_id}                                   401 403 200 200 200 200 200 200 200 200
PATCH /score-cards/{record_id}                                 401 403 200 403 403 403 403 403 403 200
GET /score-cards/{score_card_id}/rescoring                     401 403 200 200 200 200 200 200 200 200
POST /score-cards/{score_card_id}/rescoring                    401 403 202 403 403 403 403 403 403 202
GET /score-cards/{score_card_id}/rules                         401 403 200 200 200 200 200 200 200 200
POST /score-cards/{score_card_id}/rules                        401 403 201 403 403 403 403 403 403 201
POST /score-cards/{score_card_id}/rules/preview                401 403 200 403 403 403 403 403 403 200
DELETE /score-cards/{score_card_id}/rules/{record_id}          401 403 204 403 403 403 403 403 403 204
GET /score-cards/{score_card_id}/rules/{record_id}             401 403 200 200 200 200 200 200 200 200
PATCH /score-cards/{score_card_id}/rules/{record_id}           401 403 200 403 403 403 403 403 403 200
GET /score-cards/{score_card_id}/versions                      401 403 200 200 200 200 200 200 200 200
POST /score-cards/{score_card_id}/versions/{version_id}/restore 401 403 200 403 403 403 403 403 403 200
GET /products                                                  401 200 200 200 200 200 200 200 200 200
POST /products                                                 401 403 403 403 403 403 403 403 403 201
DELETE /products/{record_id}                                   401 403 403 403 403 403 403 403 403 409
GET /products/{record_id}                                      401 200 200 200 200 200 200 200 200 200
PATCH /products/{record_id}                                    401 403 403 403 403 403 403 403 403 200
GET /ready                                                     200 200 200 200 200 200 200 200 200 200
GET /search                                                    401 200 200 200 200 200 200 200 200 200
POST /signals                                                  401 200 403 403 403 403 403 403 200 200
GET /tasks                                                     401 200 200 200 200 200 200 200 200 200
GET /tasks/{task_id}                                           401 404 404 404 404 404 200 200 200 200
POST /tasks/{task_id}/assign                                   401 403 403 403 403 403 403 200 200 200
POST /tasks/{task_id}/claim                                    401 404 404 404 404 404 200 409 409 409
GET /tasks/{task_id}/comments                                  401 404 404 404 404 404 200 200 200 200
POST /tasks/{task_id}/comments                                 401 404 404 404 404 404 201 201 201 201
POST /tasks/{task_id}/complete                                 401 404 404 404 404 404 200 403 403 200
POST /tasks/{task_id}/delegate                                 401 404 404 404 404 404 200 403 200 200
POST /tasks/{task_id}/postpone                                 401 404 404 404 404 404 200 403 403 200
POST /tasks/{task_id}/resolve                                  401 404 404 404 404 404 409 409 409 409
POST /tasks/{task_id}/unclaim                                  401 404 404 404 404 404 200 403 200 200
GET /teams                                                     401 200 200 200 200 200 200 200 200 200
POST /teams                                                    401 403 403 403 403 403 403 403 403 201
DELETE /teams/{record_id}                                      401 403 403 403 403 403 403 403 403 409
GET /teams/{record_id}                                         401 200 200 200 200 200 200 200 200 200
PATCH /teams/{record_id}                                       401 403 403 403 403 403 403 403 403 200
GET /tokens                                                    401 200 200 200 200 200 200 200 200 200
POST /tokens                                                   401 201 201 201 201 201 201 201 201 201
DELETE /tokens/{token_id}                                      401 404 404 404 404 404 204 404 404 404
GET /user-records                                              401 403 403 403 403 403 403 403 403 200
GET /users                                                     401 200 200 200 200 200 200 200 200 200
POST /users                                                    401 403 403 403 403 403 403 403 403 201
DELETE /users/{record_id}                                      401 403 403 403 403 403 403 403 403 204
GET /users/{record_id}                                         401 200 200 200 200 200 200 200 200 200
PATCH /users/{record_id}                                       401 403 403 403 403 403 403 403 403 200
"""
ROWS = {
    f"{method} {path}": tuple(int(status) for status in statuses)
    for method, path, *statuses in (line.split() for line in TABLE.strip().splitlines())
}
