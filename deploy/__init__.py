"""How the parts are put together: the `markoff` command and its flavours."""
