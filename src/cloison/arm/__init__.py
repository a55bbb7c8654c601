"""Azure Resource Manager as a language: ids, clouds. Knows no resource type."""
