"""Azure Resource Manager: ids, clouds, and the client with its write gate. Knows no resource type."""
