"""The app's page, section by section; `app.py` puts them together, Streamlit shows them."""
