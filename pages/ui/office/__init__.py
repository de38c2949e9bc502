"""People, prices, settings, imports, exports, backups, the books and the trail."""
