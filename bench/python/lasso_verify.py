"""Lasso (libxml2, xmlsec)."""

from serve import serve


def prepare(parties):
    import lasso

    server = lasso.Server.newFromBuffers(parties['spMetadata'], parties['spPrivateKey'])
    server.setEncryptionPrivateKey(parties['spPrivateKey'])
    server.addProviderFromBuffer(lasso.PROVIDER_ROLE_IDP, parties['idpMetadata'])

    def verify(message):
        login = lasso.Login(server)
        # FORCE asks for two signatures. MAYBE verifies the one there is, and refuses none at all.
        login.setSignatureVerifyHint(
            lasso.PROFILE_SIGNATURE_VERIFY_HINT_FORCE
            if message['bothSigned']
            else lasso.PROFILE_SIGNATURE_VERIFY_HINT_MAYBE
        )
        login.processAuthnResponseMsg(message['field'])
        login.acceptSso()
        return login.nameIdentifier.content

    return verify


serve(prepare)
