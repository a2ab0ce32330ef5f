"""Whether the tasks' gradients tell how tasks are related: from tables to tables."""
