import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';

/**
 * Puts the bundle and the connections that the stack was made from into one asset.
 *
 * The `connections.json` of the build is replaced, so that function and stack can never disagree about a stage's secrets.
 */
export function functionCode(folder: string, connectionsJson: string): AssetCode {
  if (!existsSync(join(folder, 'index.mjs'))) {
    throw new Error(`functionCodeFolder: found no index.mjs in ${folder}, run npm run build first`);
  }
  return writtenCode(folder, (outputFolder) => {
    cpSync(folder, outputFolder, { recursive: true });
    writeFileSync(join(outputFolder, 'connections.json'), connectionsJson);
  });
}

/** Code that is written at synth, by no container. The asset's hash is that of its content: the same code is the same asset. */
export function writtenCode(folder: string, write: (outputFolder: string) => void): AssetCode {
  return Code.fromAsset(folder, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never started.
      image: DockerImage.fromRegistry('scratch'),
      local: {
        tryBundle(outputFolder) {
          write(outputFolder);
          return true;
        },
      },
    },
  });
}
