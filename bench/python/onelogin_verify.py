"""python3-onelogin-saml2 (libxml2, xmlsec), set up as its documentation says for production."""

from serve import serve


def body(pem):
    return ''.join(line for line in pem.splitlines() if '-----' not in line)


def prepare(parties):
    from urllib.parse import urlsplit

    from onelogin.saml2.response import OneLogin_Saml2_Response
    from onelogin.saml2.settings import OneLogin_Saml2_Settings

    settings = OneLogin_Saml2_Settings(
        {
            # Its documentation allows nothing else in production.
            'strict': True,
            'sp': {
                'entityId': parties['spEntityID'],
                'assertionConsumerService': {'url': parties['acsURL']},
                'x509cert': body(parties['spCertificate']),
                'privateKey': body(parties['spPrivateKey']),
            },
            'idp': {
                'entityId': parties['idpEntityID'],
                'singleSignOnService': {'url': parties['ssoURL']},
                'x509cert': body(parties['idpCertificate']),
            },
        }
    )
    url = urlsplit(parties['acsURL'])
    request = {'https': 'on', 'http_host': url.netloc, 'script_name': url.path}

    def verify(message):
        response = OneLogin_Saml2_Response(settings, message['field'])
        response.is_valid(request, message['inResponseTo'], raise_exceptions=True)
        response.get_attributes()
        return response.get_nameid()

    return verify


serve(prepare)
