export { default } from './healthcheck';
