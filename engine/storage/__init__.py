"""Files that are kept: uploads, assets, screenshots."""
