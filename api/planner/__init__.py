"""The planner: one operation becomes one SQL statement, and PostgreSQL makes the JSON of the answer.

    source     what the types of the graph say of themselves: columns, relations, conditions
    ordering   the orders that callers can choose from
    asked      what an operation asks for: its selections with fragments, aliases and @skip/@include resolved
    given      what its arguments are: known values that shape the SQL, and where later requests find theirs
    row        a table in a FROM, and what is joined to it
    text       JSON as SQL text
    compiler   objects: selection -> text over a row
    lists      what hangs below a row: grouped and joined, or lateral
    pages      connections: pages, cursors and totals
    roots      the fields of Query
    plan       the statement with its parameters, kept by what shapes it

A plan is a function of the document, the operation's name, the shape of the variables and the class of the viewer; all
else is bound: values, keys, grants, the house's time.
"""
