"""Other people's diagrams played step for step here and in Camunda 7: `python -m tests.oracle.camunda FOLDER`.

Needs Java and Maven. What waits is compared after every step, and what was done at the end. Each diagram is first reduced
to what moves tokens, so that neither engine needs the classes, scripts and data of its authors (`plain.py`).
"""
