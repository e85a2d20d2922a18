"""Settings, application factory, worker, command line, wiring, migrations and the embedded database."""
