"""The one model that every source ends in and every question is asked of: facts, facets, evidence."""
