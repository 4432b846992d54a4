"""The data centers as the API reference lists them.

:source: section 1.1.
"""

ACCOUNTS = {
    "us": "https://accounts.zoho.com",
    "eu": "https://accounts.zoho.eu",
    "in": "https://accounts.zoho.in",
    "au": "https://accounts.zoho.com.au",
    "jp": "https://accounts.zoho.jp",
    "ca": "https://accounts.zohocloud.ca",
    "sa": "https://accounts.zoho.sa",
    "cn": "https://accounts.zoho.com.cn",
    "uk": "https://accounts.zoho.uk",
    "ae": "https://accounts.zoho.ae",
    "sg": "https://accounts.zoho.sg",
}
_DOMAINS = {dc: url.removeprefix("https://accounts.") for dc, url in ACCOUNTS.items()}
_API_HOSTS = {
    f"{name}.{domain}": dc
    for dc, domain in _DOMAINS.items()
    for name in ("projectsapi", "projects")
}
_ACCOUNTS_HOSTS = {f"accounts.{domain}": dc for dc, domain in _DOMAINS.items()}
HOSTS = {**_ACCOUNTS_HOSTS, **_API_HOSTS}


def data_center(host: str) -> str:
    """Return the data center of a host, or ``""`` for another (loopback) host."""
    return HOSTS.get(host.partition(":")[0], "")


def api_domain(dc: str) -> str:
    """Return what a token response names, which Projects does not answer on."""
    domain = _DOMAINS[dc].replace("zoho", "zohoapis").replace("cloud", "")
    return f"https://www.{domain}"


def served_by(host: str) -> str:
    """Return which server answers on a host: ``accounts``, ``projects`` or ``other``.

    ``""`` is a host that is not Zoho's: loopback is every server at once.
    """
    name = host.partition(":")[0]
    if name in _ACCOUNTS_HOSTS:
        return "accounts"
    if name in _API_HOSTS:
        return "projects"
    return "other" if name.startswith("www.zohoapis.") else ""
