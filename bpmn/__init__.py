"""The diagram language: read, describe, lint and compare BPMN files; knows no database."""
