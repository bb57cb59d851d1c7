"""pysaml2 as the library of server.py. It writes each message; here are only its settings."""
import base64
import functools

import saml2.entity
import saml2.sigver
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, samlp
from saml2.authn_context import PASSWORDPROTECTEDTRANSPORT
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.response import IncorrectlySigned
from saml2.saml import NAMEID_FORMAT_EMAILADDRESS, NameID
from saml2.server import Server

DSIG = "http://www.w3.org/2000/09/xmldsig#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
ENC = "http://www.w3.org/2001/04/xmlenc#"
ENC11 = "http://www.w3.org/2009/xmlenc11#"
DIGESTS = {"sha1": f"{DSIG}sha1", "sha256": f"{ENC}sha256", "sha512": f"{ENC}sha512"}
SESSION_KEYS = {"aes128": "aes-128", "aes256": "aes-256", "tripledes": "des-192"}
METADATA = ""
IDP = None
BASE = ""
PLAIN_PRE_ENCRYPTION = saml2.sigver.pre_encryption_part
PLAIN_ENCRYPT = saml2.sigver.CryptoBackendXmlSec1.encrypt_assertion


def prepare(settings):
    global METADATA, IDP, BASE
    BASE = settings["base"]
    ends = [(f"{BASE}/sso", BINDING_HTTP_REDIRECT), (f"{BASE}/sso", BINDING_HTTP_POST)]

    def config(want_signed):
        return IdPConfig().load({
            "entityid": f"{BASE}/metadata",
            "xmlsec_binary": "/usr/bin/xmlsec1",
            "key_file": settings["key"],
            "cert_file": settings["certificate"],
            "metadata": {"local": [one["metadata"] for one in settings["providers"]]},
            "service": {"idp": {
                "endpoints": {"single_sign_on_service": ends},
                "want_authn_requests_signed": want_signed,
                "name_id_format": [NAMEID_FORMAT_EMAILADDRESS],
                "policy": {"default": {
                    "lifetime": {"minutes": 15},
                    "attribute_restrictions": None,
                    "fail_on_missing_requested": False,
                    "name_form": "urn:oasis:names:tc:SAML:2.0:attrname-format:uri",
                }},
            }},
        })

    METADATA = str(entity_descriptor(config(True)))
    # With the setting on, pysaml2 7.0 looks for an XML signature in a redirect too.
    IDP = Server(config=config(False))
    # xmlsec1 signs with ECDSA; pysaml2's own list does not have it.
    saml2.entity.SIG_ALLOWED_ALG += (("SIG_ECDSA", f"{MORE}ecdsa-sha256"),)


def read_request(method, raw, fields, provider):
    binding = BINDING_HTTP_REDIRECT if method == "GET" else BINDING_HTTP_POST
    request = IDP.parse_authn_request(fields["SAMLRequest"], binding)
    message = request.message
    # It verifies an XML signature that is there, and leaves that of a redirect to its user.
    if not (message.signature if method == "POST" else "Signature" in fields):
        raise IncorrectlySigned("the request is not signed")
    certificates = IDP.metadata.certs(message.issuer.text, "spsso", "signing")
    if method == "GET" and not any(
        saml2.sigver.verify_redirect_signature(fields, IDP.sec.sec_backend, certificate)
        for certificate in certificates
    ):
        raise IncorrectlySigned("the signature of the request is wrong")
    IDP.response_args(message)  # Refuses an ACS URL that our metadata does not have.
    return message.id


def set_cipher(name):
    """pysaml2 has an argument for the cipher, but no setting."""
    uri = f"{ENC11 if name.endswith('-gcm') else ENC}{name}"
    session_key = SESSION_KEYS[name.split("-")[0]]
    saml2.entity.pre_encryption_part = functools.partial(PLAIN_PRE_ENCRYPTION, msg_enc=uri)

    def encrypt(self, statement, key, template, _="", *args, **more):
        return PLAIN_ENCRYPT(self, statement, key, template, session_key, *args, **more)

    saml2.sigver.CryptoBackendXmlSec1.encrypt_assertion = encrypt


def respond(provider, request_id, person):
    setting, acs_url = provider["setting"], provider["acsURL"]
    algorithm = setting["algorithm"]
    how = {
        "sign_alg": f"{DSIG if algorithm == 'rsa-sha1' else MORE}{algorithm}",
        "digest_alg": DIGESTS[algorithm.split("-")[1]],
    }
    signs_response = setting["sign"] != "assertion"
    if person is None:
        status = (samlp.STATUS_AUTHN_FAILED, "the person cancelled")
        xml = IDP.create_error_response(request_id, acs_url, status, sign=signs_response, **how)
        return base64.b64encode(str(xml).encode()).decode()
    if setting["encrypt"] != "none":
        set_cipher(setting["encrypt"])
    attributes = {"uid": [person["username"]]}
    attributes.update({name: [person[name]] for name in ("mail", "givenName", "sn")})
    xml = IDP.create_authn_response(
        attributes,
        request_id,
        acs_url,
        provider["entityID"],
        name_id=NameID(format=NAMEID_FORMAT_EMAILADDRESS, text=person["mail"]),
        authn={"class_ref": PASSWORDPROTECTEDTRANSPORT, "authn_auth": BASE},
        sign_response=signs_response,
        sign_assertion=setting["sign"] != "response",
        encrypt_assertion=setting["encrypt"] != "none",
        encrypted_advice_attributes=False,
        **how,
    )
    return base64.b64encode(str(xml).encode()).decode()
