<?php
// The one service provider: its ACS, its certificate, and whether assertions are encrypted to it.
if (getenv('SP_ENTITY_ID')) {
    $metadata[getenv('SP_ENTITY_ID')] = [
        'AssertionConsumerService' => getenv('SP_ACS_URL'),
        'certData' => getenv('SP_CERTIFICATE'),
        'assertion.encryption' => getenv('ENCRYPT') !== 'none',
    ];
}
// Or several, by their metadata, each with what is signed, how, and whether assertions are encrypted.
$providers = getenv('SERVICE_PROVIDERS') ? file_get_contents(getenv('SERVICE_PROVIDERS')) : '[]';
foreach (json_decode($providers, true, 512, JSON_THROW_ON_ERROR) as $provider) {
    $entity = \SimpleSAML\Metadata\SAMLParser::parseFile($provider['metadata'])->getMetadata20SP();
    $metadata[$entity['entityid']] = [
        'signature.algorithm' => $provider['algorithm'],
        'saml20.sign.response' => $provider['sign'] !== 'assertion',
        'saml20.sign.assertion' => $provider['sign'] !== 'response',
        'assertion.encryption' => $provider['encrypt'] !== 'none',
    ] + $entity;
}
