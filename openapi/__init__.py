"""The build of the client: from the vendored description to the generated code.

`build` and `update` are the commands. They use five packages; each may import the packages before it:
`read` <- `repair` <- `prepare` <- `generate`. `compare` may import the first three.
"""
