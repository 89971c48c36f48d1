require('ledger-start')(process.env.API_TOKEN, process.env.MAIL_HOST, process.env.QUEUE_URL, process.env.RELEASE_NOTES);
