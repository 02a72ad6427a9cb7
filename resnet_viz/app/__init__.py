"""The app's page: `app.py` combines the `sections`, and Streamlit shows them."""
