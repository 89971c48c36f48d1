const { Kafka } = require('kafkajs');
new Kafka({ brokers: ['kafka:9092'] }).consumer({ groupId: 'c' }).connect();
