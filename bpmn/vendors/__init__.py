"""What other tools write into a diagram, read into our own `Extension`: one module a family of tools."""
