# escape=`
FROM example/web:2
USER web
HEALTHCHECK CMD wget -qO- `
        http://127.0.0.1:8080/live `
     || wget -qO- http://127.0.0.1:8080/ready `
     || { echo 'localhost does not answer' >&2; exit 1; }
