<?php
// The IdP itself. Attributes go out under their OIDs, as those of most universities and many companies do.
$sign = getenv('SIGN');
$bindings = [
    'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
    'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
];
$emailAddress = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
$metadata[getenv('BASE') . '/simplesaml/saml2/idp/metadata.php'] = [
    'host' => '__DEFAULT__',
    'auth' => 'people',
    'privatekey' => getenv('IDP_KEY'),
    'certificate' => getenv('IDP_CERTIFICATE'),
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'saml20.sign.response' => $sign !== 'assertion',
    'saml20.sign.assertion' => $sign !== 'response',
    'validate.authnrequest' => getenv('CHECK_REQUESTS') === 'on',
    'SingleSignOnServiceBinding' => $bindings,
    'NameIDFormat' => $emailAddress,
    'attributes.NameFormat' => 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
    'authproc' => [
        10 => ['class' => 'saml:AttributeNameID', 'attribute' => 'mail', 'Format' => $emailAddress],
        20 => ['class' => 'core:AttributeMap', 'name2oid'],
    ],
];
