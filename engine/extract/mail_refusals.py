"""Addresses that are nobody's to write to: samples in forms, trackers' keys, software vendors, hosts."""

import re

from engine.rows.sites import registrable_domain

# Sample local parts in forms and templates, refused on any domain.
_SAMPLE_LOCALS = frozenset(
    "votre vous your you nom prenom prenom.nom nom.prenom prenomnom name firstname lastname firstname.lastname"
    " first.last yourname your.name your-name votrenom votre.nom votre-nom votreemail votre.email votre-email votremail"
    " votre.mail votre-mail votreadresse votre.adresse youremail your.email your-email your_email yourmail exemple"
    " example ejemplo beispiel esempio sample utilisateur username user usuario someone somebody xxx xxxx xx abc test"
    " tests foo bar lorem ipsum monemail mon.email mon-email monadresse adresse address vorname.nachname nombre"
    " nome.cognome".split()
)
_SAMPLE_PEOPLE = frozenset("john.doe johndoe john jane.doe janedoe jdoe j.doe max.mustermann mustermann".split())
# Names of sample domains under any suffix: domaine.fr, example.org.
_SAMPLE_NAMES = frozenset(
    "example exemple beispiel ejemplo esempio sample domain domaine dominio yourdomain your-domain votredomaine"
    " votre-domaine mondomaine mon-domaine mydomain my-domain yoursite your-site votresite votre-site monsite mon-site"
    " mysite my-site company yourcompany your-company votreentreprise votre-entreprise monentreprise entreprise societe"
    " website site test acme doe fournisseur provider votremail votre-mail yourmail foo bar xyz abc xxx lorem".split()
)
_PROVIDER_NAMES = frozenset(("email", "mail", "courriel"))  # 'email@email.com' is a sample, 'dupont@mail.com' is not
_PROVIDER_LOCALS = frozenset("email mail e-mail courriel info contact name nom votre".split())
# Software, platforms, registrars, hosts: their addresses stand on pages of others, in scripts and legal notices.
_VENDORS = frozenset(
    "wixpress.com wix.com sentry.io squarespace.com shopify.com wordpress.org wordpress.com automattic.com w3.org"
    " schema.org godaddy.com jimdo.com webador.com weebly.com strikingly.com webflow.com webflow.io duda.co"
    " google.com gstatic.com googleapis.com googlegroups.com facebook.com instagram.com twitter.com linkedin.com"
    " cloudflare.com jquery.com fontawesome.com adobe.com microsoft.com apple.com mozilla.org github.com gitlab.com"
    " gravatar.com typekit.com latofonts.com indiantypefoundry.com fontsquirrel.com envato.com themeforest.net"
    " elementor.com cookiebot.com axeptio.eu didomi.io onetrust.com tarteaucitron.io hotjar.com hubspot.com"
    " mailchimp.com sendinblue.com brevo.com stripe.com paypal.com trustpilot.com bugsnag.com rollbar.com"
    " ovh.com ovh.net ovhcloud.com ionos.fr ionos.com ionos.de 1and1.fr 1und1.de gandi.net o2switch.fr infomaniak.com"
    " infomaniak.ch hostinger.com hostinger.fr planethoster.com planethoster.info lws.fr lws.net amen.fr online.net"
    " scaleway.com alwaysdata.com hostpapa.com siteground.com bluehost.com strato.de strato.fr hetzner.com hetzner.de"
    " all-inkl.com mittwald.de domainfactory.de one.com nuxit.com phpnet.org ikoula.com celeonet.fr simply.com aruba.it"
    " register.it netim.com namecheap.com dreamhost.com digitalocean.com amazonaws.com amazon.com vercel.com netlify.com"
    " cnil.fr legalplace.fr".split()
)
# Nobody reads these, whoever's they are.
_UNREAD = re.compile(r"(?:no-?_?\.?reply|do-?not-?reply|ne-?pas-?repondre|mailer-daemon|postmaster|bounces?|unsubscribe)")
_KEY = re.compile(r"(?=.*\d)(?:[0-9a-f]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_DIGITS = re.compile(r"\d")
KEY_LENGTH_MIN = 24
KEY_DIGITS_MIN = 8


def is_refused(address: str, *, own: bool) -> bool:
    """Whether no lead stands behind the address. `own`: it is on the site's own domain, which is never a sample's."""
    local, _, domain = address.partition("@")
    if local in _SAMPLE_LOCALS or _UNREAD.match(local) or _is_key(local):
        return True
    if own:
        return False
    registrable = registrable_domain(domain)
    name = registrable.partition(".")[0]
    return (
        local in _SAMPLE_PEOPLE
        or name in _SAMPLE_NAMES
        or (name in _PROVIDER_NAMES and local in _PROVIDER_LOCALS)
        or registrable in _VENDORS
        or domain in _VENDORS
    )


def _is_key(local: str) -> bool:
    """Whether the local part is a machine's key, such as the public key in an error tracker's address."""
    if _KEY.fullmatch(local):
        return True
    return len(local) >= KEY_LENGTH_MIN and len(_DIGITS.findall(local)) >= KEY_DIGITS_MIN
