// Thin client for the invoice API of the payment provider.
const baseUrl = process.env.QPAY_BASE_URL || 'https://merchant.qpay.example';
const username = process.env.QPAY_USERNAME;
const password = process.env.QPAY_PASSWORD;
const invoiceCode = process.env.QPAY_INVOICE_CODE ?? '';
const rate = Number(process.env.QPAY_USD_TO_MNT_RATE || 3400);
const callbackBase = process.env.QPAY_CALLBACK_PUBLIC_BASE_URL;

export const qpayEnabled = Boolean(username && password);
export const reconcileEnabled = (process.env.QPAY_RECONCILE_ENABLED || 'true') === 'true';
export const cleanupEnabled = (process.env.QPAY_CLEANUP_ENABLED || 'true') === 'true';

export async function createInvoice(orderId: string, totalUsd: number): Promise<string> {
  const token = Buffer.from(`${username}:${password}`).toString('base64');
  if (process.env.QPAY_DEBUG_AUTH === 'true') {
    console.log(`qpay: authenticating as ${username}`);
  }
  const response = await fetch(`${baseUrl}/v2/invoice`, {
    method: 'POST',
    headers: { authorization: `Basic ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      invoice_code: invoiceCode,
      sender_invoice_no: orderId,
      amount: Math.round(totalUsd * rate),
      callback_url: callbackBase ? `${callbackBase}/webhooks/qpay` : undefined,
    }),
  });
  if (!response.ok) throw new Error(`qpay answered ${response.status}`);
  const body = (await response.json()) as { invoice_id: string };
  return body.invoice_id;
}
