"""An example: issues invoices for a process whose service task has the topic `erp.invoice`.

python example.py http://127.0.0.1:8000 TOKEN
"""

import logging
import sys
from collections.abc import Mapping
from typing import Any

from procession_worker import BpmnError, Failure, Task, Worker

worker = Worker(sys.argv[1], sys.argv[2], worker_id="erp")


@worker.handles("erp.invoice")
def issue_invoice(task: Task) -> Mapping[str, Any]:
    """`task.id` is the idempotency key: if we crash after issuing and fetch it again, the same invoice is found."""
    amount = task.variables.get("amount")
    if not amount:
        raise BpmnError("no_amount", "There is nothing to invoice.")
    number = invoice_in_the_erp(key=str(task.id), amount=amount)
    if number is None:
        raise Failure("The ERP does not answer.", after=120)
    return {"invoice_number": number}


def invoice_in_the_erp(key: str, amount: float) -> str | None:
    """Here your own system is called."""
    return f"INV-{key}"


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    worker.run()
