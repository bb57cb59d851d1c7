// Metadata of a federation, written by hand and signed by another implementation with the key
// `idp`: xmlsec1 1.2.37 --sign --id-attr:ID
// urn:oasis:names:tc:SAML:2.0:metadata:EntitiesDescriptor. Not in canonical form, and with
// comments.

export const SIGNED_BY_XMLSEC1 = `<?xml version="1.0" encoding="UTF-8"?>
<!-- The metadata of the federation.
     Do not edit: signed every night. -->
<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui" xmlns:shibmd="urn:mace:shibboleth:metadata:1.0" ID="_federation-1" Name="urn:mace:federation.example" validUntil="2026-12-01T00:00:00Z"><ds:Signature><ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>
<ds:Reference URI="#_federation-1"><ds:Transforms>
<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>
<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms>
<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>dbD2/os2VDlQ9x9UF1wJOC1AArkb0nyMW4kZzhdzp34=</ds:DigestValue></ds:Reference></ds:SignedInfo>
<ds:SignatureValue>oanMd6eFXzEpBU0Z0BUleWuf8a2dAZ8bAfpk1druwR1js3hFndv/uKpvLdgCpIVI
AXwcZAgNBGjWCVUe17isadymGG6PQV0uyA7PBVY9NuDsnq+8A1Sr3E46IIpYDHba
BbV7ObWX6w0KrE/Vaa9LQsW70hF8Qp0PU1Vr+y6+B51qBpQBrVc8i2EVYplO9PbG
8D+r+d4GjfWoolvUbmf3i0NVHJn3eHaLYV4EN1yxetCVqux4DqFxe2KCGmh9JiqR
mPRvbtZPmuSwLhSkS8tywyK4uShnieKXvSYV0CPBi4KXYR/hNmtr4w76cup3R0hq
vIK61iY5SpjAzp6nWVTSZA==</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>MIIDEzCCAfugAwIBAgICWrQwDQYJKoZIhvcNAQELBQAwITEfMB0GA1UEAwwWVGVz
dCBpZGVudGl0eSBwcm92aWRlcjAgFw0yNjExMjQwNzEyMzdaGA8yMTI2MTAzMTA3
MTIzN1owITEfMB0GA1UEAwwWVGVzdCBpZGVudGl0eSBwcm92aWRlcjCCASIwDQYJ
KoZIhvcNAQEBBQADggEPADCCAQoCggEBAMGQEp++7BvhacjsUJ2U4rqBMrMrkroY
jB0iDOlsx4d6mO5syj7i9+ksOwaVCLJwu52/+5ndhFncGfdLvjkGf3IMTdpKnax5
CfbbdHK+1nZUV7kJ+n86HSLnaEvUUndRdns0J82CMgOeACsnSd/goTr/0pmQHL1c
2xPOWQIUpe2XhpxeSTWrqKev+j75BJbrUfU6Z/pCZeYyanS4mL2Mkj1CGIevCtso
ElTDvvDbxM5VkmZvpyvHbF6JBO/Pj1wuoRPxQvlmalzVq43/aeclK1tA/lM+yR6x
h0IhXR6vFvFoYvhmHC9bQc9S8zIKcwzDgih8R9BJUjIIo5kDJDVqkFMCAwEAAaNT
MFEwHQYDVR0OBBYEFJx9x1wVOvEPyrgYGhXL5EOSEP2wMB8GA1UdIwQYMBaAFJx9
x1wVOvEPyrgYGhXL5EOSEP2wMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQEL
BQADggEBAKgocHC3MzM4wOvlyhdCWZq1iuLE2Xm7cHASXgWU//Evdxs+9CTqjBVm
a+tx8XmjqBS/gX5SJY44Xf5IpncmLY7Hbkb/ItfpJhou++gaCzQVTbfT3G7Fw45b
/WdXjEB+f8XZDwFDgRga0PCSJpyzxl/vzOl7kEtlnBPjwMu8WMXb3sCS8F3igihq
kNcwhxIwy0kO/tQ4LpDf7FyKW8FDgRKW+3MXnmmwa7MX17foQkFnrJRCaN9w3F0K
l9S5myQZrz55vOSx2M67D+mdUutpVX8M29g7SIB4SlQXPCEM/IMLMu6GONL6Xw+W
t3025CbhxmXvl+/lEEorJqpzJ72Kay8=
</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>
  <EntityDescriptor entityID="https://sp.example/shibboleth">
    <SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
      <AssertionConsumerService index="1" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp.example/Shibboleth.sso/SAML2/POST"/>
    </SPSSODescriptor>
  </EntityDescriptor>
  <!-- University of Example: <EntityDescriptor entityID="https://old.example"/> -->
  <EntityDescriptor entityID="https://idp.uni.example/idp/shibboleth">
    <Extensions>
      <shibmd:Scope regexp="false">uni.example</shibmd:Scope>
    </Extensions>
    <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol urn:mace:shibboleth:1.0">
      <Extensions><mdui:UIInfo>
        <mdui:DisplayName xml:lang="de">Universität <![CDATA[<Beispiel> & Co]]></mdui:DisplayName>
      </mdui:UIInfo></Extensions>
      <KeyDescriptor use="signing">
        <ds:KeyInfo><ds:X509Data><ds:X509Certificate>
            <!-- until 2030 -->
            MIIDJzCCAg+gAwIBAgICXpYwDQYJKoZIhvcNAQELBQAwKzEpMCcGA1UEAwwgVGVzdCBpZGVudGl0
            eSBwcm92aWRlciwgbmV4dCBrZXkwIBcNMjYxMTI0MDcxMjM3WhgPMjEyNjEwMzEwNzEyMzdaMCsx
            KTAnBgNVBAMMIFRlc3QgaWRlbnRpdHkgcHJvdmlkZXIsIG5leHQga2V5MIIBIjANBgkqhkiG9w0B
            AQEFAAOCAQ8AMIIBCgKCAQEAnpPHQ83rNykb6hVfRe2w9ICCmE7Ts5/lm8ZVvt0k64VctNr9asTe
            HztjvlyxhLAhTQZqVYBOmdtIdZrQcGtFAZR+RTsJBt0KLeu6FhiiamvLqylxe/4INiX3kC3nUZlM
            MjBjvwD+wTaZN9ZNxhEccd3UaepuqbKXweAwbGUYcePvM6iRb3YR+Zj2uySnYQuk+tFvxv36v8tH
            4cCIZwk2j1h4r8pODkMuzjqNEverRDUCUBqZdE8TwXdfn4iXcO4d04KX1shdPJ320VBg+JeboamN
            t0FgdjbcGVsIhxLOYfGADanZrKuFhD3KP306MzSiHmQc3VZV4PQjv/7iJtlrxQIDAQABo1MwUTAd
            BgNVHQ4EFgQUGat2hD5EcB4ZSUIx2RZnGmL8QQQwHwYDVR0jBBgwFoAUGat2hD5EcB4ZSUIx2RZn
            GmL8QQQwDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOCAQEALn6MoH4ch+TdcNr4By5p
            BPuYOqGXRiZnuYkttABls1LRDWWTvfhRQ54veuG0YIqLFlaluNfYo/Jl4WrqV5b+p4FWNQBj15g7
            T3i8M/CC2i9I7j/imnF7/6ltDJvq0QjSh9NoucK/qbX6XDZqZ2K5vdJ7KJG82s15V6fIraAoXgf+
            Byn2hQgTwgOLp87ML0Vrk0NbwrG7/qtYCE/e5CWkNz8+wIBQiBAmOLMJY9XUstMjc5w/FvOr/sbB
            7ifPB8fx/dGwxGo0MSb9sCC2cRnSYipHvsUG0Vhrl2h/EPuteeLEXYx4E9U+zq3uQTQWhw+1uqxb
            2v2o3cjwale8Uxo2yw==
        </ds:X509Certificate></ds:X509Data></ds:KeyInfo>
      </KeyDescriptor>
      <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.uni.example/idp/profile/SAML2/Redirect/SSO?a=1&amp;b=2"/>
    </IDPSSODescriptor>
  </EntityDescriptor>
</EntitiesDescriptor>
`
