<?php
// The one service provider: its ACS, its certificate, and whether assertions are encrypted to it.
$metadata[getenv('SP_ENTITY_ID')] = [
    'AssertionConsumerService' => getenv('SP_ACS_URL'),
    'certData' => getenv('SP_CERTIFICATE'),
    'assertion.encryption' => getenv('ENCRYPT') !== 'none',
];
