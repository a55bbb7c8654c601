"""Template deployments: templates evaluated by the language's own package, resources then put like any client's."""
