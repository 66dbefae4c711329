"""What the platform serves over HTTP: one blueprint a file, put together by `app.factory`."""
