"""What may be asked of the building: the graph, live subscriptions, sign-in."""
