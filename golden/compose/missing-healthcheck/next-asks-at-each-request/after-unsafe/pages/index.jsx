export async function getServerSideProps() {
  return { props: await load() };
}
export default () => null;
