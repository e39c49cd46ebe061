"""The world outside: each module fulfils one port of `assessor.ports`."""
