# what their stores hold is linked into node_modules, and costs nothing beside it
FROM node:22
RUN corepack enable
COPY package.json ./
RUN pnpm install --prod
RUN bun install --production
RUN pnpm dlx serve --version && npx --yes serve --version
CMD ["node", "server.js"]
