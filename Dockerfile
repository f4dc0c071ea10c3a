# Daybook's one image: the pipeline, the dashboard and JupyterLab are commands of it.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY create-daybook/package.json create-daybook/
COPY src/tfjs-node/package.json src/tfjs-node/
# The build runs after the sources are there; until then only dependencies are installed.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
# The code's version for runs and pages; the image holds no git checkout to ask.
ARG DAYBOOK_CODE_VERSION
ENV NODE_ENV=production \
    DAYBOOK_HOME=/var/lib/daybook \
    DAYBOOK_CODE_VERSION=${DAYBOOK_CODE_VERSION}
WORKDIR /app
COPY --from=build --chown=root:root /app ./
RUN mkdir -p /var/lib/daybook /data && chown node:node /var/lib/daybook /data
USER node
VOLUME /var/lib/daybook
EXPOSE 8050
ENTRYPOINT ["node", "bin/daybook.js"]
CMD ["up"]
