"""Verifies SAML responses with Lasso (libxml2, xmlsec) and times each.

Reads one JSON request a line and writes one answer a line.
"""
import json
import os
import sys
import time

import lasso


def verify(server, field, both_signed):
    """The nanoseconds that Lasso took, and the NameID."""
    login = lasso.Login(server)
    # FORCE asks for two signatures. MAYBE verifies the one there is, and refuses none at all.
    login.setSignatureVerifyHint(
        lasso.PROFILE_SIGNATURE_VERIFY_HINT_FORCE
        if both_signed
        else lasso.PROFILE_SIGNATURE_VERIFY_HINT_MAYBE
    )
    start = time.perf_counter_ns()
    login.processAuthnResponseMsg(field)
    login.acceptSso()
    name_id = login.nameIdentifier.content
    return time.perf_counter_ns() - start, name_id


def main():
    folder = sys.argv[1]
    server = lasso.Server(
        os.path.join(folder, 'sp.xml'), os.path.join(folder, 'sp-key.pem'), None, None
    )
    server.setEncryptionPrivateKey(os.path.join(folder, 'sp-key.pem'))
    server.addProvider(lasso.PROVIDER_ROLE_IDP, os.path.join(folder, 'idp.xml'))
    for line in sys.stdin:
        answers = []
        for message in json.loads(line):
            try:
                nanoseconds, name_id = verify(server, message['field'], message['bothSigned'])
                answers.append({'milliseconds': nanoseconds / 1e6, 'nameID': name_id})
            except lasso.Error as error:
                answers.append({'refused': str(error)})
        print(json.dumps(answers), flush=True)


main()
