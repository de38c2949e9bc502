"""What dashboards and the analyst's lab are made of."""
