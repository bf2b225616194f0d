cat /greeting
id -u
