"""Lasso as the library of server.py. It writes each message; here are only its settings and what a
person is."""
import time

import lasso

BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-"
FORMAT = lasso.SAML2_NAME_IDENTIFIER_FORMAT_EMAIL
CIPHERS = {
    "aes128-cbc": lasso.ENCRYPTION_SYM_KEY_TYPE_AES_128,
    "aes256-cbc": lasso.ENCRYPTION_SYM_KEY_TYPE_AES_256,
    "tripledes-cbc": lasso.ENCRYPTION_SYM_KEY_TYPE_3DES,
}
METADATA = ""
SETTINGS = {}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def prepare(settings):
    """Lasso has no function that writes metadata."""
    global METADATA, SETTINGS
    SETTINGS = settings
    lines = read(settings["certificate"]).splitlines()
    certificate = "".join(line for line in lines if "CERTIFICATE" not in line)
    services = "".join(
        f'<md:SingleSignOnService Binding="{BINDINGS}{name}" Location="{settings["base"]}/sso"/>'
        for name in ("Redirect", "POST")
    )
    METADATA = (
        '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
        f' entityID="{settings["base"]}/metadata"><md:IDPSSODescriptor'
        ' WantAuthnRequestsSigned="true"'
        ' protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        '<md:KeyDescriptor use="signing"><ds:KeyInfo'
        ' xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>'
        f"{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        f"{services}</md:IDPSSODescriptor></md:EntityDescriptor>"
    )


def new_server(provider):
    setting = provider["setting"]
    key, certificate = read(SETTINGS["key"]), read(SETTINGS["certificate"])
    server = lasso.Server.newFromBuffers(METADATA, key, None, certificate)
    method = setting["algorithm"].upper().replace("-", "_")
    server.signatureMethod = getattr(lasso, f"SIGNATURE_METHOD_{method}")
    server.addProviderFromBuffer(lasso.PROVIDER_ROLE_SP, read(provider["metadata"]))
    if setting["encrypt"] != "none":
        known = server.getProvider(provider["entityID"])
        known.setEncryptionMode(lasso.ENCRYPTION_MODE_ASSERTION)
        known.setEncryptionSymKeyType(CIPHERS[setting["encrypt"]])
        known.setKeyEncryptionMethod(lasso.KEY_ENCRYPTION_METHOD_OAEP)
    return server


def read_request(method, raw, fields, provider):
    login = lasso.Login(new_server(provider))
    login.signatureVerifyHint = lasso.PROFILE_SIGNATURE_VERIFY_HINT_FORCE
    login.processAuthnRequestMsg(raw if method == "GET" else fields["SAMLRequest"])
    return login


def unsolicited(provider):
    login = lasso.Login(new_server(provider))
    login.initIdpInitiatedAuthnRequest(provider["entityID"])
    login.request.protocolBinding = lasso.SAML2_METADATA_BINDING_POST
    login.request.nameIDPolicy.format = FORMAT
    login.processAuthnRequestMsg(None)
    return login


def statement_of(person):
    names = {"uid": "username", "mail": "mail", "givenName": "givenName", "sn": "sn"}
    items = []
    for name, key in names.items():
        value = lasso.Saml2AttributeValue()
        value.any = [lasso.MiscTextNode.newWithString(person[key])]
        value.any[0].textChild = True
        attribute = lasso.Saml2Attribute()
        attribute.name = name
        attribute.nameFormat = lasso.SAML2_ATTRIBUTE_NAME_FORMAT_BASIC
        attribute.attributeValue = [value]
        items.append(attribute)
    statement = lasso.Saml2AttributeStatement()
    statement.attribute = items
    return statement


def respond(provider, login, person):
    login = login or unsolicited(provider)
    # Lasso signs the Assertion always.
    login.signatureHint = {
        "assertion": lasso.PROFILE_SIGNATURE_HINT_FORBID,
        "both": lasso.PROFILE_SIGNATURE_HINT_FORCE,
    }[provider["setting"]["sign"]]
    try:
        login.validateRequestMsg(person is not None, True)
    except lasso.LoginRequestDeniedError:
        pass  # The response says so.
    if person is not None:
        instants = [
            time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
            for seconds in (0, -60, 600)
        ]
        login.request.nameIDPolicy.format = FORMAT
        password = lasso.SAML2_AUTHN_CONTEXT_PASSWORD_PROTECTED_TRANSPORT
        login.buildAssertion(password, instants[0], None, instants[1], instants[2])
        assertion = login.assertion
        assertion.subject.nameID.format = FORMAT
        assertion.subject.nameID.content = person["mail"]
        assertion.authnStatement[0].sessionIndex = assertion.id
        assertion.attributeStatement = [statement_of(person)]
    login.buildAuthnResponseMsg()
    return login.msgBody
