// Which columns of text can hold something of a person. A new column is in neither list: decide,
// and if it can, fill it in whole-person.ts and let the erasure clear it.

/** SIDs, words of the program, hashes, keys, addresses of servers. */
export const PLAIN: Readonly<Record<string, string>> = {
  api_keys: 'sid tenant_sid role secret_hash operator_sid',
  setup_links: 'sid tenant_sid connection_sid capabilities secret_hash',
  // People of the vendor.
  operators: 'sid name email email_key role signs_in_by idp_binding created_by',
  sign_in_links: 'secret_hash operator_sid connection_sid idp_binding',
  console_sessions: 'secret_hash operator_sid role',
  clients:
    'sid name client_type secret_hash previous_secret_hash redirect_uris ' +
    'post_logout_redirect_uris password_login_url initiate_login_uri backchannel_logout_uri ' +
    'refresh_tokens id_token_signed_response_alg pkce',
  client_origins: 'origin client_sid',
  certificates: 'connection_sid fingerprint certificate subject algorithm spki',
  quarantined_certificates: 'connection_sid fingerprint certificate subject algorithm spki',
  pending_changes: 'sid connection_sid fields certificates removed',
  metadata_sources:
    'connection_sid url signing_certificate etag last_modified digest difference missing ' +
    'left_out failure',
  connections:
    'sid tenant_sid purpose state entity_id sso_redirect_url sso_post_url request_binding ' +
    'name_id_format requested_authn_context idp_initiated logout_redirect_url attribute_mapping ' +
    'optional_names allow revocation_issuer revocation_keys_url end_sessions_on newcomers preset ' +
    'suspended_from reachability',
  address_claims: 'sid tenant_sid source user_sid',
  domains: 'tenant_sid domain token connection_sid failure verified_by',
  exceptions: 'user_sid tenant_sid',
  imports: 'sid tenant_sid digest',
  moves: 'user_sid connection_sid rollout_sid',
  awaited_proofs: 'user_sid',
  newcomer_counts: 'connection_sid',
  accounts: 'sid tenant_sid external_id',
  users: 'sid tenant_sid sign_in_method connection_sid import_sid',
  memberships: 'account_sid user_sid',
  tenants: 'sid plan language accent_color help_url customer_changes after_sign_out',
  event_chain: 'chain digest previous hash',
  event_checkpoints: 'chain kind hash signature',
  events: 'sid tenant_sid connection_sid type actor_kind actor_id subject_sid',
  event_details: 'salt',
  outbox: 'sid event_sid channel target event outcome last_error',
  conditions: 'name subject',
  idempotency_keys: 'key_hash request_hash subject_sid',
  webhook_endpoints: 'sid tenant_sid connection_sid url format secret previous_secret',
  webhook_endpoint_types: 'endpoint_sid type',
  webhook_endpoint_tenants: 'endpoint_sid tenant_sid',
  job_runs: 'job backlog',
  key_pairs: 'fingerprint stage certificate encrypted_private_key',
  login_codes: 'name code_hash attempt_sid connection_sid user_sid certificate spent_by',
  spent: 'connection_sid kind id attempt_sid',
  name_ids: 'connection_sid user_sid entity_id kind format refused_hash',
  proofs: 'connection_sid user_sid entity_id',
  contacts: 'sid tenant_sid role muted unsubscribe_key',
  mails: 'sid cause template about tenant_sid shown_address receiver_hash outcome code',
  mail_letters: 'mail_sid headers',
  logout_deliveries: 'sid client_sid session_sid user_sid failure',
  app_sessions: 'connection_sid user_sid client_sid',
  signing_keys: 'kid algorithm public_key encrypted_private_key',
  grants: 'session_sid secret_hash client_sid redirect_uri scope nonce code_challenge spent_by',
  failed_guesses: '',
  erasures: 'sid kind subject_sid tenant_sid requested_by step position removed',
  revocation_sources: 'connection_sid keys_url key_set failure refused_because',
  break_glass: 'tenant_sid user_sid kept_because handover_hash',
  recovery_codes: 'code_hash tenant_sid user_sid',
  rollouts: 'sid tenant_sid connection_sid from_connection_sid selectors cursors scope',
  rollout_selections: 'rollout_sid user_sid',
  rollout_members: 'rollout_sid user_sid findings earlier_method skipped',
  aliases: 'connection_sid user_sid',
  idp_users: 'connection_sid upload earlier',
  turns: 'subject_sid step side tenant_sid connection_sid',
  turn_cursor: '',
  testers: 'connection_sid user_sid',
  sign_offs: 'connection_sid side verdict',
  scim_tokens: 'sid tenant_sid connection_sid secret_hash',
  scim_counts: 'tenant_sid',
  search_words: 'scope sid',
  user_counts: 'tenant_sid sign_in_method',
  scim_users: 'connection_sid user_sid',
  sessions: 'sid token_hash user_sid connection_sid attempt_sid certificate ended_because',
  attempts: 'sid connection_sid ring code user_sid',
  attempt_details: 'connection_sid ring sid certificate_fingerprint',
  daily_logins: 'connection_sid code',
  hourly_logins: 'code',
  test_values: 'sid',
}

/** Only while an erasure is not finished. */
export const UNDER_WAY = 'erasures.sought'
