"""The playground: a page in the browser that asks the graph, served by us and by nobody else."""
