<?php
// Who can sign in: the people that simplesamlphp.sh was given.
$users = ['exampleauth:UserPass'];
foreach (json_decode(getenv('PEOPLE'), true, 512, JSON_THROW_ON_ERROR) as $person) {
    $users["{$person['username']}:{$person['password']}"] = [
        'uid' => [$person['username']],
        'mail' => [$person['mail']],
        'givenName' => [$person['givenName']],
        'sn' => [$person['sn']],
        'displayName' => [$person['displayName']],
    ];
}
$config = ['people' => $users];
