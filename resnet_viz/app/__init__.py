"""The app's page: `app.py` puts its `sections` together, Streamlit shows them."""
