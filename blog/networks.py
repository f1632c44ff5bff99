"""Who is asking, as far as it can be believed, and no more of it than is needed. Floor 0: pure functions."""

import ipaddress
from collections.abc import Iterable, Mapping

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# As nginx's log does: enough to see where trouble comes from, too little to follow a person.
KEPT_BITS = {4: 24, 6: 48}


def is_one_of(found: str, proxies: Iterable[str]) -> bool:
    """Whether an address is one of these addresses and networks; ``*`` is everybody."""
    for one in proxies:
        try:
            if one == "*" or ipaddress.ip_address(found) in ipaddress.ip_network(one, strict=False):
                return True
        except ValueError:
            continue
    return False


def visitor(meta: Mapping[str, object], proxies: Iterable[str]) -> Address | None:
    """From where a request comes; None where that is unknown.

    ``meta`` is the WSGI environment. A header that says otherwise is believed only from ``proxies``, and of that only
    what the proxy itself added.
    """
    found = str(meta.get("REMOTE_ADDR", ""))
    if is_one_of(found, proxies):
        found = str(meta.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip() or found
    try:
        parsed = ipaddress.ip_address(found)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


def network_of(address: Address | None) -> str:
    """The network that an address is in, to be kept in its place: 203.0.113.0, 2001:db8:1::; a dash for None."""
    return "-" if address is None else shortened(address, KEPT_BITS[address.version])


def shortened(address: Address, bits: int) -> str:
    """The address with all but its first ``bits`` set to zero."""
    return str(ipaddress.ip_network((address, bits), strict=False).network_address)
