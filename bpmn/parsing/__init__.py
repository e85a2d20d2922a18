"""How a file is read: safe XML first, then one module for each part of the notation."""
