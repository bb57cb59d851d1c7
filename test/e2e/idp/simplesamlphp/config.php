<?php
// SimpleSAMLphp as an IdP on this machine. Every path and address comes from simplesamlphp.sh.
$run = getenv('RUN');
$config = [
    'baseurlpath' => getenv('BASE') . '/simplesaml/',
    // Keys are given with their whole path.
    'certdir' => '/',
    'loggingdir' => "$run/log/",
    'datadir' => "$run/data/",
    'tempdir' => "$run/tmp",
    'metadatadir' => __DIR__ . '/metadata/',
    'attributenamemapdir' => '/usr/share/simplesamlphp/config/attributemap/',
    'metadata.sources' => [['type' => 'flatfile']],
    'module.enable' => ['core' => true, 'exampleauth' => true, 'saml' => true],
    'enable.saml20-idp' => true,
    'store.type' => 'phpsession',
    'session.phpsession.savepath' => "$run/sessions",
    'session.phpsession.httponly' => true,
    // There is no https here; what a deployment sets would keep the cookies from being stored.
    'session.cookie.secure' => false,
    'session.cookie.samesite' => null,
    'language.cookie.secure' => false,
    'language.cookie.samesite' => null,
    'trusted.url.domains' => null,
    'logging.handler' => 'file',
    'logging.logfile' => 'simplesamlphp.log',
    'admin.checkforupdates' => false,
    'auth.adminpassword' => bin2hex(random_bytes(16)),
    // Only has to be the same from request to request.
    'secretsalt' => hash('sha256', $run),
    'technicalcontact_name' => 'End-to-end tests',
    'technicalcontact_email' => 'nobody@example.org',
    'timezone' => 'UTC',
    'showerrors' => true,
    'errorreporting' => false,
];
