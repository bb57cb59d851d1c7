#!/bin/sh
# Runs Apache in the foreground with mod_auth_openidc.conf: apache.sh FOLDER.
set -e
folder=$1
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder/pages"
for page in login me refresh; do
  echo '{"sub":"<!--#echo var="OIDC_CLAIM_sub" -->","email":"<!--#echo var="OIDC_CLAIM_email" -->"}' > "$folder/pages/$page"
done
echo '{}' > "$folder/pages/ready"
echo '{"left":true}' > "$folder/pages/bye"
modules=/usr/lib/apache2/modules
cat > "$folder/apache.conf" <<CONF
ServerName localhost
Listen 127.0.0.1:$PORT
PidFile $folder/apache.pid
ErrorLog /proc/self/fd/2
User www-data
Group www-data
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authn_core_module $modules/mod_authn_core.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule authz_user_module $modules/mod_authz_user.so
LoadModule include_module $modules/mod_include.so
LoadModule alias_module $modules/mod_alias.so
LoadModule auth_openidc_module $modules/mod_auth_openidc.so
DocumentRoot $folder/pages
<Directory $folder/pages>
  Options +Includes
  SetOutputFilter INCLUDES
  ForceType application/json
  Require all granted
</Directory>
Redirect /logout $ORIGIN/callback?logout=$ORIGIN/bye
Include $here/mod_auth_openidc.conf
CONF
# Apache reads its pages as another user. The secrets beside them are in files of mode 0600.
chmod 711 "$(dirname "$folder")"
chmod 755 "$folder" "$folder/pages"
exec apache2 -d "$folder" -f "$folder/apache.conf" -DFOREGROUND
